using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class PlaceTask
{
    /// <summary>
    /// The server for a task that creates no website: the one that holds the domain's live website when its role is the one
    /// wanted (in whatever state it is, for the data is there); otherwise the emptiest active one of the role with all the
    /// tags, a domain always meeting the same among equals. Null while the website itself waits for a server, or no server fits.
    /// </summary>
    public static Task<long?> Run(NpgsqlTransaction transaction, string role, string[] tags, string domain) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            with site as (
                select w.server_id, s.roles
                from websites w left join servers s on s.id = w.server_id
                where w.domain = @domain and w.status <> 'deleted'
            )
            select coalesce(
                (select server_id from site where @role = any (roles)),
                (
                    select s.id from servers s
                    where @role = any (s.roles) and s.state = 'active' and s.tags @> @tags
                      -- Websites live on web servers: what belongs beside one waits until it is known where.
                      and not (@role = 'web' and exists (select 1 from site where server_id is null))
                    order by s.website_count::float8 / greatest(s.website_capacity, 1), hashtextextended(@domain, s.id)
                    limit 1
                )
            )
            """,
            new
            {
                role,
                tags,
                domain,
            },
            transaction
        );
}
