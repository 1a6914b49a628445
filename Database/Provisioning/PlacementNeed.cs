namespace MPanel.Database.Provisioning;

/// <summary>What a task asks of its server.</summary>
/// <param name="Type">Code of its kind.</param>
/// <param name="Tags">The server has all of them.</param>
/// <param name="OfflineAfter">A server that was not heard of for longer isn't live.</param>
public sealed record PlacementNeed(string Type, string Role, string[] Tags, TimeSpan OfflineAfter)
{
    /// <summary>SQL, of a server s: active, of the role, with the tags.</summary>
    internal const string Fits = "@Role = any (s.roles) and s.state = 'active' and s.tags @> @Tags";

    /// <summary>SQL, of the heartbeat h of a server, which may be absent: heard lately, well, and able to do the kind.</summary>
    internal const string Live =
        "coalesce(h.received_at > now() - @OfflineAfter and h.problem is null and @Type = any (h.capabilities), false)";
}
