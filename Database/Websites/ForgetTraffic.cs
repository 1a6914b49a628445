using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <summary>Forgets days of traffic that nobody is shown any more.</summary>
public static class ForgetTraffic
{
    /// <summary>More than a year: this month can be held against the same one of last year. Agents are not believed about days that are older than a year.</summary>
    public const int KeepDays = 400;

    /// <returns>How many rows were forgotten; less than <paramref name="most"/> when none is left.</returns>
    public static Task<int> Run(NpgsqlConnection db, int most) =>
        db.ExecuteAsync(
            """
            delete from website_traffic where ctid = any (array(
                select ctid from website_traffic where day < (now() at time zone 'utc')::date - @KeepDays order by day limit @most
            ))
            """,
            new { KeepDays, most }
        );
}
