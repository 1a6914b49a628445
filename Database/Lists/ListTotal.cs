using Dapper;
using Npgsql;

namespace MPanel.Database.Lists;

/// <summary>How many rows a list has, counted no further than a person cares: an exact count of a million rows would cost more than the page.</summary>
/// <param name="Exact">False when there are more than <paramref name="Count"/>.</param>
public sealed record ListTotal(long Count, bool Exact)
{
    /// <summary>Statements count <c>from (select … limit @bound)</c>.</summary>
    public const int Most = 10_000;

    /// <param name="sql">A whole statement: <c>select count(*) from (select 1 from … where … limit @bound) counted</c>.</param>
    public static async Task<ListTotal> Of(NpgsqlConnection db, string sql, object filter)
    {
        var parameters = new DynamicParameters(filter);
        parameters.Add("bound", Most + 1);
        var count = await db.ExecuteScalarAsync<long>(sql, parameters);
        return new ListTotal(Math.Min(count, Most), count <= Most);
    }
}
