namespace MPanel.Database.Servers;

/// <summary>States of a server.</summary>
public static class ServerState
{
    public const string Active = "active";
    public const string Draining = "draining";
    public const string Maintenance = "maintenance";

    /// <summary>It has left for good.</summary>
    public const string Retired = "retired";

    public static readonly IReadOnlyList<string> All = [Active, Draining, Maintenance, Retired];

    /// <summary>Those that a server is put into, and comes back from.</summary>
    public static readonly IReadOnlyList<string> Working = [Active, Draining, Maintenance];
}
