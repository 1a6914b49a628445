namespace MPanel.Jobs.Access;

/// <summary>
/// How far somebody's power goes. Nobody gives away what they don't have, and nobody changes somebody who may do more than they may.
/// </summary>
/// <param name="Permissions">Of the person, or the scopes of the key.</param>
/// <param name="SuperAdmin">A person's role; a key is never one, whatever its scopes are.</param>
public sealed record Authority(IReadOnlySet<string> Permissions, bool SuperAdmin)
{
    public static readonly Authority None = new(new HashSet<string>(), SuperAdmin: false);

    /// <param name="superAdmin">What it is about is, or becomes, a super admin.</param>
    public bool Covers(IEnumerable<string> permissions, bool superAdmin) => superAdmin ? SuperAdmin : Permissions.IsSupersetOf(permissions);
}
