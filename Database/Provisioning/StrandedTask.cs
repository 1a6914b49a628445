using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>A task that makes a website and has waited long for a server that is gone, while another one could do it.</summary>
/// <param name="From">Name of the server that is gone.</param>
/// <param name="To">Name of the live server with the most room.</param>
public sealed record StrandedTask(long Id, string Domain, string From, string To, string CorrelationId)
{
    /// <summary>
    /// The next such task; null when there is none. Nothing of its domain was ever begun on a server, so that nothing can stand twice.
    /// </summary>
    /// <param name="goneAfter">A server that was silent for longer is gone.</param>
    public static Task<StrandedTask?> Next(NpgsqlConnection db, TimeSpan goneAfter, TimeSpan offlineAfter) =>
        db.QueryFirstOrDefaultAsync<StrandedTask>(
            """
            select t.id, t.domain, gone.name as "from", better.name as "to", t.correlation_id
            from servers gone
            left join server_heartbeats silence on silence.server_id = gone.id
            join provisioning_tasks t on t.server_id = gone.id and t.type = 'hosting' and t.status = 'pending'
            join websites w on w.id = t.website_id and w.status = 'pending'
            cross join lateral (
                select s.name from servers s join server_heartbeats h on h.server_id = s.id
                where t.server_role = any (s.roles) and s.state = 'active' and s.tags @> t.server_tags and s.id <> gone.id
                  and s.website_count < s.website_capacity
                  and h.received_at > now() - @offlineAfter and h.problem is null and t.type = any (h.capabilities)
                order by s.website_count::float8 / s.website_capacity, s.id
                limit 1
            ) as better
            where gone.state = 'active' and coalesce(silence.received_at, gone.created_at) < now() - @goneAfter
              and t.available_at < now() - @goneAfter and t.attempt = 0
              and not exists (select 1 from provisioning_tasks begun where begun.domain = t.domain and begun.attempt > 0)
              and not exists (select 1 from provisioning_tasks begun where begun.placement_id = t.placement_id and begun.attempt > 0)
            order by t.id
            limit 1
            """,
            new { goneAfter, offlineAfter }
        );
}
