using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>A server that a task can be moved to.</summary>
/// <param name="Free">Websites it has room for; null where the move brings no website along.</param>
public sealed record MoveTarget(string Name, int? Free)
{
    /// <summary>By the same rules as <see cref="MoveTask"/>; empty when the task can't be moved anywhere.</summary>
    public static Task<IEnumerable<MoveTarget>> Of(NpgsqlConnection db, long taskId) =>
        db.QueryAsync<MoveTarget>(
            """
            with task as (
                select t.server_id, t.server_role, t.server_tags, t.status, w.id as website_id, w.status as website_status,
                       w.server_id as home_id
                from provisioning_tasks t
                left join hostnames h on h.name = t.domain and t.server_role = 'web'
                left join websites w on w.id = coalesce(t.website_id, h.website_id) and w.status <> 'removed' and t.server_role = 'web'
                where t.id = @taskId
            )
            select s.name, case when t.website_id is not null then s.website_capacity - s.website_count end as free
            from task t
            join servers s on t.server_role = any (s.roles) and s.state = 'active' and s.tags @> t.server_tags and s.id is distinct from t.server_id
            where t.status in ('pending', 'failed')
              and case
                  when t.website_id is null or s.id = t.home_id then true
                  else t.website_status = 'pending' and s.website_count < s.website_capacity
              end
            order by s.website_count::float8 / greatest(s.website_capacity, 1), s.name
            """,
            new { taskId }
        );
}
