namespace MPanel.Database.Access;

/// <summary>States of an API key, as lists show them.</summary>
public static class KeyState
{
    public const string Active = "active";
    public const string Suspended = "suspended";
    public const string Expired = "expired";
    public const string Revoked = "revoked";

    public static readonly IReadOnlyList<string> All = [Active, Suspended, Expired, Revoked];
}
