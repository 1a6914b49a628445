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
}
