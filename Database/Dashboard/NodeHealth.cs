using Dapper;
using Npgsql;

namespace MPanel.Database.Dashboard;

/// <summary>A server as its agent last reported it. The last three are null when the agent has never reported.</summary>
/// <param name="Online">Heard of within the given time.</param>
/// <param name="Problem">What its agent said last of its services; null when they are well.</param>
/// <param name="FreeSlots">Tasks it could begin now.</param>
/// <param name="Load1">Load average of the last minute.</param>
public sealed record NodeHealth(
    long Id,
    string Name,
    string State,
    bool Online,
    string? Problem,
    DateTimeOffset? HeardAt,
    int? FreeSlots,
    double? Load1
)
{
    /// <summary>Servers with an agent, and those that should have one by now: the longest silent first.</summary>
    public static async Task<IReadOnlyList<NodeHealth>> All(NpgsqlConnection db, TimeSpan offlineAfter, int limit) =>
        [
            .. await db.QueryAsync<NodeHealth>(
                """
                select s.id, s.name, s.state, coalesce(h.received_at > now() - @offlineAfter, false) as online, h.problem,
                       h.received_at as heard_at, h.free_slots, (h.metrics ->> 'load1')::float8 as load1
                from servers s left join server_heartbeats h on h.server_id = s.id
                where s.state <> 'retired'
                order by h.received_at is null, h.received_at > now() - @offlineAfter, h.problem is null, s.name
                limit @limit
                """,
                new { offlineAfter, limit }
            ),
        ];
}
