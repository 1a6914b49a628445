namespace MPanel.Database.Servers;

/// <summary>States of a server.</summary>
public static class ServerState
{
    public const string Active = "active";
    public const string Draining = "draining";
    public const string Maintenance = "maintenance";

    public static readonly IReadOnlyList<string> All = [Active, Draining, Maintenance];
}
