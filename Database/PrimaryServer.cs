using Npgsql;

namespace MPanel.Database;

/// <summary>
/// A connection string may name several servers, such as a primary and its standbys. The panel writes: of these it uses the one that is
/// the primary now, and after a failover the one that has become it.
/// </summary>
internal static class PrimaryServer
{
    /// <param name="given">Names of what whoever runs the panel has set.</param>
    public static NpgsqlDataSource Open(NpgsqlConnectionStringBuilder settings, IReadOnlySet<string> given)
    {
        // One target for all, whatever is given. Read-write would leave the lists without a server, for their connections are read-only by
        // their own wish; any, or nothing, would write to a standby; and with a single host Npgsql refuses the setting.
        settings.Remove("Target Session Attributes");
        // A full pool and a server that does not answer both mean that it takes too long: callers are better told to come again.
        if (!given.Contains("Timeout"))
            settings.Timeout = 5;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (settings.Host?.Contains(',', StringComparison.Ordinal) != true)
            return builder.Build();
        // How long a server counts as gone, or as a standby, without being asked again. 10 s by default, a third of what a failover may take.
        if (!given.Contains("HostRecheckSeconds"))
            builder.ConnectionStringBuilder.HostRecheckSeconds = 1;
        return builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary);
    }
}
