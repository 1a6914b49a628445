using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using MPanel.Database;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Release1;

/// <summary>
/// That the dump holds what its README promises, so that a migration tested on it is tested on every state. Plain SQL throughout: what
/// is asked here must be answered without any code of the engine that release 1 ran on.
/// </summary>
public sealed partial class Release1DumpTests(Release1DumpTests.Loaded loaded) : IClassFixture<Release1DumpTests.Loaded>
{
    /// <summary>The dump in a database of its own, with the program's migrations applied.</summary>
    public sealed class Loaded : IAsyncLifetime
    {
        public string ConnectionString { get; private set; } = "";
        public IReadOnlyList<string> Applied { get; private set; } = [];
        public string Before { get; private set; } = "";
        public string After { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            ConnectionString = await Release1Dump.Load();
            Before = await Fingerprint();
            await using var dataSource = NpgsqlDataSource.Create(ConnectionString);
            Applied = await Migrator.Run(dataSource);
            After = await Fingerprint();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        /// <summary>A line for each table of either schema but the migrator's own: its name, and a digest of all its rows.</summary>
        private async Task<string> Fingerprint()
        {
            await using var db = new NpgsqlConnection(ConnectionString);
            var tables = await db.QueryAsync<string>(
                """
                select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables
                where schemaname in ('public', 'hangfire') and tablename <> 'schema_migrations' order by 1
                """
            );
            var lines = new StringBuilder();
            foreach (var table in tables)
            {
                var digest = await db.ExecuteScalarAsync<string>(
                    $"select md5(string_agg(t::text, chr(10) order by t::text)) from {table} t"
                );
                lines.AppendLine($"{table} {digest}");
            }
            return lines.ToString();
        }
    }

    private sealed record Counted(string What, long Number);

    [Fact]
    public void Migrator_OnTheDump_AppliesWhatCameAfterAndChangesNoRow()
    {
        Assert.Equal(["0015_attention", "0018_claims"], loaded.Applied);
        Assert.Equal(loaded.Before, loaded.After);
    }

    [Fact]
    public async Task Tables_OfThePanel_AllHaveRows()
    {
        var tables = await Names("select tablename from pg_tables where schemaname = 'public' order by 1");
        foreach (var table in tables)
            Assert.True(await Number($"select count(*) from {table}") > 0, $"{table} is empty");
    }

    [Fact]
    public async Task OrdersInFlight_StandAtEachOfTheSixSteps() =>
        await Holds(
            """
            select s.kind || ' ' || s.state || case when s.state = 'due' and s.attempt > 0 then ' again' else '' end as what, count(*) as number
            from job_steps s join job_chains c on c.id = s.chain_id
            where c.kind = 'order' and s.state in ('due', 'running')
            group by 1
            """,
            new()
            {
                ["order.customer due"] = 6,
                ["order.customer due again"] = 6,
                ["order.customer running"] = 5,
                ["order.invoice due"] = 6,
                ["order.invoice due again"] = 6,
                ["order.invoice running"] = 5,
                ["order.order due"] = 6,
                ["order.order due again"] = 6,
                ["order.order running"] = 5,
                ["order.payment due"] = 6,
                ["order.payment due again"] = 7,
                ["order.payment running"] = 5,
                ["order.subscriptions due"] = 6,
                ["order.subscriptions due again"] = 6,
                ["order.subscriptions running"] = 5,
                ["order.tasks due"] = 6,
                ["order.tasks due again"] = 4,
                ["order.tasks running"] = 7,
            }
        );

    [Fact]
    public async Task OrdersInFlight_AreAtLeastAHundred() =>
        Assert.InRange(
            await Number(
                """
                select count(distinct c.id) from job_steps s join job_chains c on c.id = s.chain_id
                where c.kind = 'order' and s.state in ('due', 'running')
                """
            ),
            100,
            long.MaxValue
        );

    [Fact]
    public async Task RunningSteps_AreLeasedByNobodyWhoIsLeft() =>
        Assert.Equal(
            await Number("select count(*) from job_steps where state = 'running'"),
            await Number("select count(*) from job_steps where state = 'running' and lease_expires_at < now()")
        );

    [Fact]
    public async Task Intakes_HaveEveryState() =>
        await Holds(
            "select status as what, count(*) as number from order_intakes group by 1",
            new()
            {
                ["completed"] = 45,
                ["needs_review"] = 24,
                ["processing"] = 92,
                ["received"] = 11,
                ["rejected"] = 5,
            }
        );

    [Fact]
    public async Task Stopped_HaveManyReasons() =>
        await Holds(
            "select reason_code as what, count(*) as number from order_intakes where status in ('needs_review', 'rejected') group by 1",
            new()
            {
                ["amount_mismatch"] = 1,
                ["cancelled_by_hand"] = 2,
                ["currency_mismatch"] = 1,
                ["domain_reserved"] = 1,
                ["domain_taken"] = 3,
                ["payment_cancelled"] = 3,
                ["payment_disputed"] = 1,
                ["payment_mode_mismatch"] = 1,
                ["payment_not_found"] = 2,
                ["payment_refunded"] = 1,
                ["period_not_sold"] = 2,
                ["postgres_exception"] = 3,
                ["price_mismatch"] = 2,
                ["stripe_forbidden"] = 1,
                ["stripe_refused"] = 1,
                ["stripe_unauthorized"] = 1,
                ["stripe_unexpected_answer"] = 1,
                ["unknown_product"] = 2,
            }
        );

    [Fact]
    public async Task Orders_HaveTheseStates() =>
        await Holds(
            "select status as what, count(*) as number from orders group by 1",
            new()
            {
                ["cancelled"] = 2,
                ["completed"] = 21,
                ["needs_review"] = 6,
                ["paid"] = 51,
                ["provisioning"] = 22,
            }
        );

    [Fact]
    public async Task Tasks_OfEveryTypeHaveEveryState() =>
        await Holds(
            """
            select type || ' ' || status
                || case
                    when status <> 'pending' then ''
                    when server_id is null then ' unplaced'
                    when attempts_spent > 0 then ' again'
                    else ' placed'
                end as what, count(*) as number
            from provisioning_tasks group by 1
            """,
            new()
            {
                ["backup cancelled"] = 1,
                ["backup failed"] = 1,
                ["backup in_progress"] = 1,
                ["backup pending again"] = 1,
                ["backup pending placed"] = 7,
                ["backup success"] = 3,
                ["hosting cancelled"] = 2,
                ["hosting failed"] = 2,
                ["hosting in_progress"] = 2,
                ["hosting pending again"] = 3,
                ["hosting pending placed"] = 2,
                ["hosting pending unplaced"] = 2,
                ["hosting success"] = 32,
                ["mail cancelled"] = 1,
                ["mail failed"] = 1,
                ["mail in_progress"] = 1,
                ["mail pending again"] = 1,
                ["mail pending placed"] = 4,
                ["mail pending unplaced"] = 2,
                ["mail success"] = 4,
                ["ssl cancelled"] = 1,
                ["ssl failed"] = 1,
                ["ssl in_progress"] = 1,
                ["ssl pending again"] = 1,
                ["ssl pending placed"] = 2,
                ["ssl pending unplaced"] = 1,
                ["ssl success"] = 2,
            }
        );

    [Fact]
    public async Task Attempts_HaveEveryOutcome() =>
        await Holds(
            "select coalesce(outcome, 'running') as what, count(*) as number from task_attempts group by 1",
            new()
            {
                ["cancelled"] = 1,
                ["failed"] = 15,
                ["lease_expired"] = 13,
                ["released"] = 1,
                ["running"] = 5,
                ["success"] = 41,
            }
        );

    [Fact]
    public async Task Twins_StandForEveryTask()
    {
        Assert.Equal(await Number("select count(*) from provisioning_tasks"), await Number("select count(*) from task_twins"));
        await Holds(
            """
            select coalesce(j.statename, 'expired') as what, count(*) as number
            from task_twins w left join hangfire.job j on j.id = w.engine_reference::bigint
            group by 1
            """,
            new()
            {
                ["Deleted"] = 2,
                ["Failed"] = 7,
                ["Processing"] = 6,
                ["Succeeded"] = 12,
                ["Waiting for a server"] = 5,
                ["Waiting for srv1"] = 18,
                ["Waiting for srv2"] = 4,
                ["expired"] = 28,
            }
        );
    }

    [Fact]
    public async Task HangfireJobs_OfStepsHaveEveryState() =>
        await Holds(
            """
            select statename as what, count(*) as number from hangfire.job
            where invocationdata ->> 'Type' like 'MPanel.Jobs.Engine.Hangfire.StepJob,%' group by 1
            """,
            new()
            {
                ["Deleted"] = 2,
                ["Enqueued"] = 35,
                ["Failed"] = 27,
                ["Processing"] = 32,
                ["Scheduled"] = 37,
                ["Succeeded"] = 6,
            }
        );

    [Fact]
    public async Task StoppedSteps_HaveTheirFailedJob() =>
        Assert.Equal(
            0,
            await Number(
                """
                select count(*) from job_steps s
                where s.state = 'failed'
                  and not exists (select 1 from hangfire.job j where j.id = s.engine_reference::bigint and j.statename = 'Failed')
                """
            )
        );

    [Fact]
    public async Task WwwPair_BelongsToTwoCustomersEverywhere()
    {
        foreach (
            var table in (string[])
                ["domains:name", "websites:domain", "subscriptions:domain", "provisioning_tasks:domain", "orders:primary_domain"]
        )
        {
            var (name, column) = (table.Split(':')[0], table.Split(':')[1]);
            Assert.Equal(
                ["example.net", "www.example.net"],
                await Names($"select distinct {column} from {name} where {column} in ('example.net', 'www.example.net') order by 1")
            );
        }
        Assert.Equal(
            2,
            await Number("select count(distinct customer_id) from websites where domain in ('example.net', 'www.example.net')")
        );
        Assert.Equal(
            ["""["www.example.net"]""", "[]"],
            await Names(
                """
                select payload ->> 'aliases' from provisioning_tasks
                where type = 'hosting' and domain in ('example.net', 'www.example.net') order by domain
                """
            )
        );
    }

    [Fact]
    public async Task Users_HaveEveryState() =>
        await Holds(
            "select case when deleted_at is null then status else 'deleted' end as what, count(*) as number from users group by 1",
            new()
            {
                ["active"] = 8,
                ["deleted"] = 1,
                ["disabled"] = 1,
                ["invited"] = 1,
            }
        );

    [Fact]
    public async Task ApiKeys_AreInUseReplacedAndRevoked() =>
        await Holds(
            """
            select case when revoked_at is not null then 'revoked' when successor_id is not null then 'replaced' else 'in use' end as what,
                   count(*) as number
            from api_keys group by 1
            """,
            new()
            {
                ["in use"] = 4,
                ["replaced"] = 1,
                ["revoked"] = 2,
            }
        );

    [Fact]
    public async Task Text_NamesNoMachineAndNoSecret()
    {
        var text = await Release1Dump.Text();

        Assert.Empty(Secrets().Matches(text).Select(m => m.Value));
        Assert.Empty(Paths().Matches(text).Select(m => m.Value));
        Assert.Equal(["panel1", "panel2"], await Names("select distinct host from job_workers order by 1"));
        Assert.Empty(
            await Names(
                "select id from hangfire.server where split_part(id, ':', 1) not in ('panel1', 'panel2') and id not in (select name from servers)"
            )
        );
    }

    /// <summary>Asks for named counts, and compares them with those promised.</summary>
    private async Task Holds(string sql, Dictionary<string, long> promised)
    {
        await using var db = new NpgsqlConnection(loaded.ConnectionString);
        var found = (await db.QueryAsync<Counted>(sql)).ToDictionary(c => c.What, c => c.Number);
        Assert.Equal(promised.OrderBy(p => p.Key, StringComparer.Ordinal), found.OrderBy(f => f.Key, StringComparer.Ordinal));
    }

    private async Task<long> Number(string sql)
    {
        await using var db = new NpgsqlConnection(loaded.ConnectionString);
        return await db.ExecuteScalarAsync<long>(sql);
    }

    private async Task<IReadOnlyList<string>> Names(string sql)
    {
        await using var db = new NpgsqlConnection(loaded.ConnectionString);
        return [.. await db.QueryAsync<string>(sql)];
    }

    // Stripe's and the panel's own.
    [GeneratedRegex(@"\b(?:[sr]k_(?:test|live)|whsec|mp[kse])_[A-Za-z0-9]")]
    private static partial Regex Secrets();

    [GeneratedRegex(@"(?<![A-Za-z0-9.])/(root|home|work|tmp|usr|var|etc)/\S*")]
    private static partial Regex Paths();
}
