using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class PlaceTask
{
    /// <summary>
    /// The server for a task that creates no website: the one that holds the domain's live website when its role is the one
    /// wanted (in whatever state it is, for the data is there); otherwise the emptiest that fits, a live one where there is any, a domain
    /// always meeting the same among equals. Null while the website itself waits for a server, or no server fits.
    /// </summary>
    public static Task<long?> Run(NpgsqlTransaction transaction, PlacementNeed need, string domain) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            $"""
            with site as (
                select w.server_id, s.roles
                from hostnames h join websites w on w.id = h.website_id left join servers s on s.id = w.server_id
                where h.name = @domain
            )
            select coalesce(
                (select server_id from site where @Role = any (roles)),
                (
                    select s.id from servers s left join server_heartbeats h on h.server_id = s.id
                    where {PlacementNeed.Fits}
                      -- Websites live on web servers: what belongs beside one waits until it is known where.
                      and not (@Role = 'web' and exists (select 1 from site where server_id is null))
                    order by {PlacementNeed.Live} desc, s.website_count::float8 / greatest(s.website_capacity, 1),
                        hashtextextended(@domain, s.id)
                    limit 1
                )
            )
            """,
            new
            {
                need.Type,
                need.Role,
                need.Tags,
                need.OfflineAfter,
                domain,
            },
            transaction
        );
}
