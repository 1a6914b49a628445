namespace MPanel.Web.Security;

/// <summary>Why something was not done: a stable code for programs, a sentence for people.</summary>
/// <param name="Status">HTTP status for the API.</param>
public sealed record Refusal(int Status, string Code, string Text)
{
    public static readonly Refusal NotFound = new(404, "not_found", "There is no such user.");

    public static readonly Refusal Beyond = new(
        403,
        "beyond_your_permissions",
        "That takes permissions that you don't have yourself, so somebody who has them must do it."
    );

    public static readonly Refusal LastSuperAdmin = new(
        409,
        "last_super_admin",
        "This is the last active super admin. Make somebody else one first."
    );

    public static readonly Refusal Yourself = new(409, "yourself", "You can't do that to your own account.");

    public static readonly Refusal Conflict = new(409, "conflict", "Somebody else changed this meanwhile. Load it again.");
}
