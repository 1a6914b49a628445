namespace MPanel.Database.Domains;

/// <summary>States of a domain.</summary>
public static class DomainState
{
    public const string Managed = "managed";
    public const string Unmanaged = "unmanaged";

    public static readonly IReadOnlyList<string> All = [Managed, Unmanaged];
}
