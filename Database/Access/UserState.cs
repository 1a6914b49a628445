namespace MPanel.Database.Access;

/// <summary>States of a user, as lists show them.</summary>
public static class UserState
{
    public const string Invited = "invited";
    public const string Active = "active";
    public const string Disabled = "disabled";

    /// <summary>Disabled, and gone from the lists.</summary>
    public const string Deleted = "deleted";

    public static readonly IReadOnlyList<string> All = [Invited, Active, Disabled, Deleted];
}
