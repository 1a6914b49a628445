namespace MPanel.Database.Servers;

/// <summary>States of an agent's token, as lists show them.</summary>
public static class TokenState
{
    public const string Active = "active";
    public const string Revoked = "revoked";

    public static readonly IReadOnlyList<string> All = [Active, Revoked];
}
