using Dapper;
using Npgsql;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>What the database says, table by table, without what only records that somebody tried.</summary>
public sealed class Books(NpgsqlDataSource dataSource)
{
    /// <summary>Attempts are written down on purpose, and so is when a key was used last.</summary>
    private const string Attempts = "'login_attempts', 'sessions'";

    private string? _sql;

    public async Task<Dictionary<string, string>> Digest()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        _sql ??= string.Join(
            "\nunion all\n",
            (
                await db.QueryAsync<string>(
                    $"select tablename from pg_tables where schemaname = 'public' and tablename not in ({Attempts}) order by 1"
                )
            ).Select(table =>
                $"""
                    select '{table}' as name, count(*) || ' ' || coalesce(md5(string_agg(md5(row), '' order by md5(row))), '') as digest
                    from (
                        select (to_jsonb(t) - 'last_used_at' - 'last_seen_at' - 'hangfire_id' - 'engine_reference')::text as row from "{table}" t
                        {table switch
                        {
                            "audit_entries" => "where action not like 'access.%' and action not in ('order.refused', 'order.refused_again')",
                            // An order that is refused is kept, on purpose: what must not change is what somebody decided.
                            "refused_orders" => "where status <> 'open'",
                            _ => "",
                        }}
                    ) r
                    """
            )
        );
        return (await db.QueryAsync<(string Name, string Digest)>(_sql)).ToDictionary(t => t.Name, t => t.Digest);
    }

    /// <summary>The tables with a row that has this text in it; not those that keep what was sent as it was sent.</summary>
    public async Task<List<string>> With(string text)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var found = new List<string>();
        foreach (
            var table in await db.QueryAsync<string>(
                "select tablename from pg_tables where schemaname = 'public' and tablename not in ('audit_entries', 'refused_orders')"
            )
        )
            if (
                await db.ExecuteScalarAsync<bool>(
                    $"select exists(select 1 from \"{table}\" t where position(@text in to_jsonb(t)::text) > 0)",
                    new { text }
                )
            )
                found.Add(table);
        return found;
    }

    public static string Difference(Dictionary<string, string> before, Dictionary<string, string> after) =>
        string.Join(
            ", ",
            after.Where(t => before.GetValueOrDefault(t.Key) != t.Value).Select(t => $"{t.Key} ({before[t.Key]} -> {t.Value})")
        );
}
