using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <summary>What a node has counted, in columns of equal length: totals of a website and a day so far. No pair of them twice.</summary>
public sealed record CountedTraffic(long[] Websites, DateOnly[] Days, long[] Requests, long[] BytesIn, long[] BytesOut);

public static class ReceiveTraffic
{
    /// <summary>
    /// Keeps what is more than was known: the same again changes nothing, and an older count takes nothing back. Only of websites that the server has, and of
    /// days that can have been: an agent's clock may be wrong.
    /// </summary>
    /// <returns>How many were of such.</returns>
    public static Task<int> Run(NpgsqlConnection db, long serverId, CountedTraffic counted) =>
        db.ExecuteScalarAsync<int>(
            """
            with said as (
                select * from unnest(@Websites, @Days, @Requests, @BytesIn, @BytesOut) as s (website_id, day, requests, bytes_in, bytes_out)
            ), known as (
                select said.* from said join websites w on w.id = said.website_id
                where exists (select from placements p where p.kind = 'hosting' and p.subject_id = said.website_id and p.server_id = @serverId)
                  and said.day between (now() at time zone 'utc')::date - 366 and (now() at time zone 'utc')::date + 1
            ), kept as (
                insert into website_traffic as t (website_id, server_id, day, requests, bytes_in, bytes_out)
                select website_id, @serverId, day, requests, bytes_in, bytes_out from known
                -- Two agents of one server take the rows' locks in one order.
                order by website_id, day
                on conflict (website_id, day, server_id) do update
                set requests = greatest(t.requests, excluded.requests), bytes_in = greatest(t.bytes_in, excluded.bytes_in),
                    bytes_out = greatest(t.bytes_out, excluded.bytes_out), updated_at = now()
                where excluded.requests > t.requests or excluded.bytes_in > t.bytes_in or excluded.bytes_out > t.bytes_out
            )
            select count(*)::integer from known
            """,
            new
            {
                serverId,
                counted.Websites,
                counted.Days,
                counted.Requests,
                counted.BytesIn,
                counted.BytesOut,
            }
        );
}
