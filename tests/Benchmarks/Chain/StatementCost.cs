using Dapper;
using MPanel.Benchmarks.Parts;

namespace MPanel.Benchmarks.Chain;

/// <summary>What one order cost the database: figures that a busy machine does not blur.</summary>
/// <param name="Statements">Begin and commit included.</param>
/// <param name="Blocks">Buffers touched.</param>
/// <param name="Milliseconds">Spent executing.</param>
public sealed record StatementCost(double Statements, double Blocks, double Milliseconds)
{
    public static async Task Reset(PanelPart panel)
    {
        await using var db = await panel.Database.OpenConnectionAsync();
        await db.ExecuteAsync("select pg_stat_statements_reset()");
    }

    public static async Task<StatementCost> Read(PanelPart panel, int orders)
    {
        await using var db = await panel.Database.OpenConnectionAsync();
        return await db.QuerySingleAsync<StatementCost>(
            """
            select sum(calls)::float8 / @orders as statements, sum(shared_blks_hit + shared_blks_read)::float8 / @orders as blocks,
                (sum(total_exec_time) / @orders)::float8 as milliseconds
            from pg_stat_statements
            where dbid = (select oid from pg_database where datname = current_database())
              and query not like '%bench_poll%' and query not like '%pg_stat_statements%' and query not like '%split_part(chain.dedupe_key%'
            """,
            new { orders }
        );
    }

    /// <summary>The statements behind the figures, most calls first, for whoever wants to know what to save.</summary>
    public static async Task<string> Explain(PanelPart panel, int orders)
    {
        await using var db = await panel.Database.OpenConnectionAsync();
        var lines = await db.QueryAsync<string>(
            """
            select to_char(calls::float8 / @orders, 'FM990.00') || ' calls, ' || to_char(total_exec_time / @orders, 'FM990.00') || ' ms, '
                || to_char(plans::float8 / @orders, 'FM990.00') || ' plans, ' || to_char(total_plan_time / @orders, 'FM990.00') || ' ms, '
                || to_char((shared_blks_hit + shared_blks_read)::float8 / @orders, 'FM99990.0') || ' blocks: '
                || left(regexp_replace(query, '\s+', ' ', 'g'), 110)
            from pg_stat_statements
            where dbid = (select oid from pg_database where datname = current_database()) and calls >= @orders / 20
            order by calls desc, total_exec_time desc
            """,
            new { orders }
        );
        return string.Join('\n', lines);
    }
}
