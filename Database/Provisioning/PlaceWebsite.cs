using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

public static class PlaceWebsite
{
    private const int Tries = 5;

    /// <summary>
    /// Takes room for one more website on the emptiest active server of the role that has all the tags, and returns its id;
    /// null when none has room. The room is the caller's when its transaction commits: the server's row stays locked until
    /// then, so this belongs late in the transaction.
    /// </summary>
    public static async Task<long?> Run(NpgsqlTransaction transaction, string role, string[] tags)
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            var placed = await transaction.Connection!.QuerySingleAsync<(long? ServerId, bool Room)>(
                """
                with roomy as (
                    select id, website_count, website_capacity from servers
                    where role = @role and state = 'active' and tags @> @tags and website_count < website_capacity
                ), taken as (
                    update servers s set website_count = s.website_count + 1, updated_at = now()
                    where s.id = (select id from roomy order by website_count::float8 / website_capacity, id limit 1)
                      and s.website_count < s.website_capacity and s.state = 'active'
                    returning s.id
                )
                select (select id from taken), exists (select 1 from roomy)
                """,
                new { role, tags },
                transaction
            );
            // Nothing taken although there was room: the chosen server was filled by somebody else while we waited for its row.
            if (placed.ServerId is not null || !placed.Room)
                return placed.ServerId;
        }
        return null;
    }
}
