using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <summary>What visitors have moved on one day.</summary>
/// <param name="Day">In UTC.</param>
/// <param name="BytesIn">Of their requests, bodies included.</param>
/// <param name="BytesOut">Of the answers, heads included.</param>
public sealed record TrafficDay(DateOnly Day, long Requests, long BytesIn, long BytesOut);

/// <param name="From">The month's first day, in UTC.</param>
public sealed record TrafficMonth(DateOnly From, long Requests, long BytesIn, long BytesOut);

/// <summary>Over all servers that have served it.</summary>
public static class WebsiteTraffic
{
    /// <summary>Of the last days, today included, those on which anything was counted; the newest first.</summary>
    public static async Task<IReadOnlyList<TrafficDay>> Days(NpgsqlConnection db, long websiteId, int days) =>
        (
            await db.QueryAsync<TrafficDay>(
                """
                select day, sum(requests)::bigint as requests, sum(bytes_in)::bigint as bytes_in, sum(bytes_out)::bigint as bytes_out
                from website_traffic
                where website_id = @websiteId and day > (now() at time zone 'utc')::date - @days
                group by day
                order by day desc
                limit @days
                """,
                new { websiteId, days }
            )
        ).AsList();

    /// <summary>Of this month so far.</summary>
    public static Task<TrafficMonth> Month(NpgsqlConnection db, long websiteId) =>
        db.QuerySingleAsync<TrafficMonth>(
            """
            select m.start as "from", coalesce(sum(t.requests), 0)::bigint as requests, coalesce(sum(t.bytes_in), 0)::bigint as bytes_in,
                coalesce(sum(t.bytes_out), 0)::bigint as bytes_out
            from (select date_trunc('month', now() at time zone 'utc')::date as start) m
            left join website_traffic t on t.website_id = @websiteId and t.day >= m.start and t.day < m.start + interval '1 month'
            group by m.start
            """,
            new { websiteId }
        );
}
