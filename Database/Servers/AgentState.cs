namespace MPanel.Database.Servers;

/// <summary>Whether a server's agent reports, and what.</summary>
public static class AgentState
{
    public const string Online = "online";

    /// <summary>Online, and something is wrong.</summary>
    public const string Unwell = "unwell";

    /// <summary>It has reported, and does no longer.</summary>
    public const string Offline = "offline";
    public const string Never = "never";

    public static readonly IReadOnlyList<string> All = [Online, Unwell, Offline, Never];
}
