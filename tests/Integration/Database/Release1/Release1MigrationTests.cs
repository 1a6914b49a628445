using Dapper;
using MPanel.Database;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Tests.Integration.Web.Commands;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Release1;

/// <summary>How release 1's chains become rows of the outbox. What they were is kept in a schema of its own, to be compared with.</summary>
public sealed class Release1MigrationTests(Release1MigrationTests.Migrated migrated) : IClassFixture<Release1MigrationTests.Migrated>
{
    private const string Outbox = "0016_outbox";
    private static readonly JobFace Face = new(OutboxJob.Invocation, """{"order": ["1", "2", "3", "4", "5", "6"]}""", "host:1:outbox");

    /// <summary>The dump as the migration to the outbox leaves it, with the chains of before in the schema <c>before</c>.</summary>
    public sealed class Migrated : IAsyncLifetime
    {
        public string ConnectionString { get; private set; } = "";
        public IReadOnlyList<string> Before { get; private set; } = [];
        public IReadOnlyList<string> After { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            ConnectionString = await Release1Dump.Load();
            Before = await Release1Dump.Fingerprint(ConnectionString);
            await using var db = new NpgsqlConnection(ConnectionString);
            await db.ExecuteAsync(
                """
                create schema before;
                create table before.job_chains as table job_chains;
                create table before.job_steps as table job_steps;
                """
            );
            await Release1Dump.MigrateTo(ConnectionString, Outbox);
            After = await Release1Dump.Fingerprint(ConnectionString);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Migrate_OnTheDump_AppliesWhatCameAfter()
    {
        await using var dataSource = NpgsqlDataSource.Create(await Release1Dump.Load());

        var applied = await Migrator.Run(dataSource);

        Assert.Equal(Migrator.All.Select(m => m.Name).SkipWhile(name => !name.StartsWith("0015", StringComparison.Ordinal)), applied);
        Assert.Contains(Outbox, applied);
    }

    [Fact]
    public void Migrate_ToTheOutbox_ChangesNoOtherTable()
    {
        Assert.Equal(
            migrated.Before.Where(t =>
                t.StartsWith("public.", StringComparison.Ordinal) && !t.StartsWith("public.job_", StringComparison.Ordinal)
            ),
            migrated.After.Where(t => !t.StartsWith("public.outbox ", StringComparison.Ordinal))
        );
        Assert.Contains(migrated.Before, t => t.StartsWith("hangfire.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chains_OfOrders_AreOneRowEach() =>
        Assert.Equal(
            [],
            await Names(
                """
                select c.subject from before.job_chains c
                join order_intakes i on i.reference = c.subject
                left join outbox o on o.key = 'order:' || i.id
                where c.kind = 'order' and (
                    o.kind, o.subject_kind, o.subject_id, o.title, o.correlation_id, o.created_at, (o.payload ->> 'intakeId')::bigint,
                    o.attempt, o.hangfire_id is null, o.shown
                ) is distinct from (
                    'order', 'intake', i.id, c.subject, c.correlation_id, c.created_at, i.id, 0, true, o.step
                )
                union all
                select o.title from outbox o where not exists (select from before.job_chains c where c.subject = o.title)
                """
            )
        );

    [Fact]
    public async Task Chains_InFlight_StandAtTheirStep() =>
        await Holds(
            "select step || ' ' || state as what, count(*) as number from outbox where done_at is null and state <> 'stopped' group by 1",
            new()
            {
                ["0 ready"] = 11,
                ["0 waiting"] = 7,
                ["1 ready"] = 11,
                ["1 waiting"] = 6,
                ["2 ready"] = 11,
                ["2 waiting"] = 6,
                ["3 ready"] = 11,
                ["3 waiting"] = 6,
                ["4 ready"] = 11,
                ["4 waiting"] = 6,
                ["5 ready"] = 13,
                ["5 waiting"] = 4,
            }
        );

    [Fact]
    public async Task Chains_InFlight_KeepTheirAttemptsTheirTimeAndWhyTheyWait() =>
        Assert.Equal(
            [],
            await Names(
                """
                select o.title || ' ' || o.state from outbox o
                join before.job_chains c on c.subject = o.title
                join before.job_steps s on s.chain_id = c.id and s.position = o.step + 1
                where o.state in ('ready', 'waiting') and (
                    s.state not in ('due', 'running') or o.spent <> s.attempt or o.due_at <> s.run_at
                    or o.state = 'waiting' and (o.code, o.reason) is distinct from (s.last_error_code, s.last_error)
                )
                """
            )
        );

    [Fact]
    public async Task Chains_ThatStopped_StandThereWithTheirReason()
    {
        Assert.Equal(24, await Number("select count(*) from outbox where state = 'stopped'"));
        Assert.Equal(
            0,
            await Number(
                """
                select count(*) from order_intakes i full join (select * from outbox where state = 'stopped') o on o.key = 'order:' || i.id
                where i.status = 'needs_review' and (o.id is null or o.code <> i.reason_code or o.reason is null)
                   or o.id is not null and i.status <> 'needs_review'
                """
            )
        );
    }

    [Fact]
    public async Task Chains_ThatAreOver_AreDoneOrCancelledAsTheirOrderIs() =>
        await Holds(
            """
            select o.state || ' ' || i.status as what, count(*) as number from outbox o join order_intakes i on i.id = o.subject_id
            where o.done_at is not null group by 1
            """,
            new() { ["cancelled rejected"] = 5, ["done completed"] = 6 }
        );

    [Fact]
    public async Task SchemasOfBefore_AreGone() =>
        Assert.Equal(
            [],
            await Names(
                """
                select nspname::text from pg_namespace where nspname = 'hangfire'
                union all select tablename::text from pg_tables where schemaname = 'public' and tablename like 'job\_%'
                """
            )
        );

    [Fact]
    public async Task HandOver_AfterIt_ShowsWhatStoppedAndWhatWaits()
    {
        await using var dataSource = NpgsqlDataSource.Create(await Release1Dump.Load());
        await Migrator.Run(dataSource);
        await HangfireSchema.Prepare(dataSource, default);
        await using var db = await dataSource.OpenConnectionAsync();
        // Those that waited then would wait no more by now.
        await db.ExecuteAsync("update outbox set due_at = now() + interval '1 hour' where state = 'waiting' and id % 2 = 0");

        while (await HandOver.Run(db, Face, 100, default) > 0) { }

        Assert.Equal(
            [],
            await db.QueryAsync<string>(
                """
                select o.title || ' is ' || o.state || ' and shown as ' || coalesce(j.statename, 'nothing')
                from outbox o left join hangfire.job j on j.id = o.hangfire_id left join hangfire.state s on s.id = j.stateid
                where j.statename is distinct from case
                        when o.state = 'stopped' then 'Failed'
                        when o.state = 'waiting' and o.due_at > now() then 'Scheduled'
                        when o.done_at is null then 'Enqueued'
                    end
                   or o.state = 'stopped' and (s.data ->> 'ExceptionType', s.data ->> 'ExceptionMessage') is distinct from (o.code, o.reason)
                """
            )
        );
        Assert.Equal(24, await db.ExecuteScalarAsync<long>("select count(*) from hangfire.job where statename = 'Failed'"));
        Assert.InRange(await db.ExecuteScalarAsync<long>("select count(*) from hangfire.job where statename = 'Scheduled'"), 10, 30);
    }

    [Fact]
    public async Task Migrate_WhileAProcessRuns_IsRefusedWithASentenceAndChangesNothing()
    {
        var connectionString = await Release1Dump.Load();
        await using var db = new NpgsqlConnection(connectionString);
        await db.ExecuteAsync("update job_workers set seen_at = now() where host = 'panel1'");
        var before = await Release1Dump.Fingerprint(connectionString);

        var result = await CommandLine.Run(new Dictionary<string, string?> { ["ConnectionStrings__MPanel"] = connectionString }, "migrate");

        Assert.Equal(2, result.Exit);
        Assert.Equal(["MPanel is still running. Stop every MPanel process, wait half a minute, and migrate again."], result.Words);
        Assert.Equal(before, await Release1Dump.Fingerprint(connectionString));
    }

    private async Task Holds(string sql, Dictionary<string, long> promised)
    {
        await using var db = new NpgsqlConnection(migrated.ConnectionString);
        var found = (await db.QueryAsync<(string What, long Number)>(sql)).ToDictionary(c => c.What, c => c.Number);
        Assert.Equal(promised.OrderBy(p => p.Key, StringComparer.Ordinal), found.OrderBy(f => f.Key, StringComparer.Ordinal));
    }

    private async Task<long> Number(string sql)
    {
        await using var db = new NpgsqlConnection(migrated.ConnectionString);
        return await db.ExecuteScalarAsync<long>(sql);
    }

    private async Task<IEnumerable<string>> Names(string sql)
    {
        await using var db = new NpgsqlConnection(migrated.ConnectionString);
        return await db.QueryAsync<string>(sql);
    }
}
