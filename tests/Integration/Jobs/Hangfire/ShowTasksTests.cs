using Hangfire.PostgreSql;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Engine.Hangfire.Twins;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>Twins in bulk, by hand: nobody follows the tasks here.</summary>
public sealed class ShowTasksTests : IAsyncLifetime
{
    private const int Many = 300;

    private ProvisioningWorld _world = null!;
    private long _server;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.Execute(Transitions.Free);
        await using (var db = await _world.DataSource.OpenConnectionAsync())
            PostgreSqlObjectsInstaller.Install(db, "hangfire");
        _server = await _world.Server("srv9");
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Run_OverHundredsOfStaleTasks_WritesThemInOneTransaction()
    {
        await Tasks(Many);

        Assert.Equal(Many, (await Show()).Count);
        Assert.Equal((Many, Many, Many), await Rows());
        Assert.Equal(1, await Writers());
        Assert.Empty(await Show());

        await _world.Execute(
            """
            update provisioning_tasks
            set status = 'in_progress', attempt = 1, lease_token = gen_random_uuid(), lease_expires_at = now()
            """
        );

        Assert.All(await Show(), task => Assert.Equal(("Processing", false), (task.State, task.Mended)));
        Assert.Equal((Many, Many * 2, Many), await Rows());
        Assert.Equal(1, await Writers());
        Assert.Equal(0, await _world.Scalar<long>("select count(*) from hangfire.jobparameter"));
    }

    [Fact]
    public async Task Run_BySeveralAtOnce_MakesNoDoubleTwin()
    {
        await Tasks(Many);

        var shown = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Show()));

        Assert.Equal(Many, shown.Sum(tasks => tasks.Count));
        Assert.Equal((Many, Many, Many), await Rows());
        Assert.Equal(Many, await _world.Scalar<long>("select count(distinct arguments ->> 0) from hangfire.job"));
    }

    [Fact]
    public async Task Run_KilledInTheMiddle_LeavesNothingHalfDone()
    {
        await Tasks(Many);
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await using (await Obstructed(db))
        {
            var following = Show();
            await _world.Execute("select pg_terminate_backend(@pid)", new { pid = await Follower() });
            await Assert.ThrowsAsync<PostgresException>(() => following);
        }

        Assert.Equal((0, 0, 0), await Rows());
        Assert.Equal(Many, (await Show()).Count);
    }

    [Fact]
    public async Task Claim_WhileTheTasksTwinIsWritten_GetsTheTask()
    {
        await Tasks(1);
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await using (var transaction = await db.BeginTransactionAsync())
        {
            await ShowTasks.Run(db, TaskTwin.Invocation, TwinLook.News);

            Assert.NotNull(await _world.Claim(_server));

            await transaction.CommitAsync();
        }
        Assert.Equal("Processing", Assert.Single(await Show()).State);
    }

    [Theory]
    [InlineData("update hangfire.job set statename = 'Succeeded'")]
    [InlineData("delete from hangfire.job")]
    [InlineData("update hangfire.job set arguments = '[\"0\", \"Another''s by now\"]'")]
    [InlineData("update servers set name = 'renamed' where name = 'srv9'")]
    public async Task Run_LookingAtEverything_MendsWhatShowsSomethingElse(string harm)
    {
        await Tasks(1);
        await Show();
        await _world.Execute(harm);

        Assert.Empty(await Show());
        Assert.True(Assert.Single(await Show(TwinLook.Everything)).Mended);
        Assert.Empty(await Show(TwinLook.Everything));

        Assert.Equal(
            1,
            await _world.Scalar<long>(
                """
                select count(*)
                from task_twins w join hangfire.job j on j.id = w.hangfire_id join provisioning_tasks t on t.id = w.task_id
                join servers s on s.id = t.server_id
                where j.statename = 'Waiting for ' || s.name and j.arguments ->> 0 = t.id::text
                """
            )
        );
    }

    [Fact]
    public async Task Follower_AtItsStart_MendsWhatIsLost()
    {
        await using var panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Roles"] = "web" });
        var world = ProvisioningWorld.Of(panel);
        await world.HostingTask(await world.Server("srv9"));
        await using (var db = await world.DataSource.OpenConnectionAsync())
            Assert.Single(await ShowTasks.Run(db, TaskTwin.Invocation, TwinLook.News));
        await world.Execute("delete from hangfire.job");

        await using var follower = await PanelServer.Start(panel.ConnectionString);

        await Wait.Until(
            async () => await world.Scalar<long>("select count(*) from hangfire.job where statename = 'Waiting for srv9'") == 1,
            "the twin to be there again"
        );
    }

    [Fact]
    public async Task Run_OfTasksThatWereOver_ShowsThoseOfADay()
    {
        await Tasks(2);
        await _world.Execute("update provisioning_tasks set status = 'success', finished_at = now() - id % 2 * interval '2 days'");

        Assert.Equal(0, Assert.Single(await Show()).Id % 2);
        Assert.Empty(await Show());
    }

    [Fact]
    public async Task Run_OfATaskThatWasTriedAgainUnseen_ShowsItsSuccess()
    {
        await Tasks(1);
        await _world.Execute("update provisioning_tasks set status = 'cancelled', finished_at = now()");
        await Show();
        await _world.Execute("update provisioning_tasks set status = 'success', attempt = 1");

        Assert.Equal("Succeeded", Assert.Single(await Show()).State);
    }

    [Fact]
    public async Task Run_OfATaskCommittedLate_MakesItsTwin()
    {
        await Tasks(1500);
        while ((await Show(TwinLook.News)).Count > 0) { }
        await _world.Execute("delete from task_twins where task_id in (3, 1400)");

        Assert.Equal(1400, Assert.Single(await Show(TwinLook.News)).Id);
        Assert.Empty(await Show());
        Assert.Equal(3, Assert.Single(await Show(TwinLook.Everything)).Id);
    }

    [Fact]
    public async Task Counts_AreOfWhatChanged()
    {
        await Tasks(3);
        await _world.Execute("update provisioning_tasks set status = 'cancelled', finished_at = now()");
        await Show();
        await _world.Execute("delete from hangfire.job");
        await _world.Execute("update provisioning_tasks set status = 'pending', finished_at = null where id % 3 = 0");
        await Show(TwinLook.Everything);

        Assert.Equal(
            ["stats:deleted 2", "stats:deleted:9999-99-99 3", "stats:deleted:9999-99-99-99 3"],
            await _world.Strings(
                "select regexp_replace(key, '[0-9]', '9', 'g') || ' ' || value from hangfire.aggregatedcounter order by key"
            )
        );
    }

    /// <summary>Waiting tasks of one order.</summary>
    private async Task Tasks(int number)
    {
        var first = await _world.HostingTask(_server);
        // They would be of as many subscriptions.
        await _world.Execute("drop index provisioning_tasks_one_open");
        await _world.Execute(
            """
            insert into provisioning_tasks
                (order_id, subscription_id, subject_kind, subject_id, type, action, domain, server_role, server_id, payload, correlation_id)
            select order_id, subscription_id, subject_kind, subject_id, type, action, 'site-' || n || '.test', server_role, server_id, payload, correlation_id
            from generate_series(2, @number) as n, provisioning_tasks t where t.id = @first
            """,
            new { number, first }
        );
    }

    private async Task<List<ShownTask>> Show(TwinLook look = TwinLook.Changes)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return (await ShowTasks.Run(db, TaskTwin.Invocation, look)).ToList();
    }

    private async Task<(long Jobs, long States, long Twins)> Rows() =>
        (
            await _world.Scalar<long>("select count(*) from hangfire.job"),
            await _world.Scalar<long>("select count(*) from hangfire.state"),
            await _world.Scalar<long>("select count(*) from task_twins")
        );

    /// <summary>How many transactions wrote the jobs, their present states, and the twins.</summary>
    private Task<long> Writers() =>
        _world.Scalar<long>(
            """
            select count(distinct writer) from (
                select xmin::text as writer from hangfire.job
                union all select s.xmin::text from hangfire.state s join hangfire.job j on j.stateid = s.id
                union all select xmin::text from task_twins
            ) as written
            """
        );

    /// <summary>Until the transaction ends, whoever follows gets no further than to the middle of the jobs.</summary>
    private static async Task<NpgsqlTransaction> Obstructed(NpgsqlConnection db)
    {
        var transaction = await db.BeginTransactionAsync();
        await Dapper.SqlMapper.ExecuteAsync(
            db,
            """
            insert into hangfire.job (id, invocationdata, arguments, createdat)
            select setval('hangfire.job_id_seq', 1000) + @jobs / 2, '{}', '[]', now()
            """,
            new { jobs = Many },
            transaction
        );
        return transaction;
    }

    /// <summary>The backend that is held up; waits for it.</summary>
    private async Task<int> Follower()
    {
        int? pid = null;
        await Wait.Until(
            async () =>
                (
                    pid = await _world.Scalar<int?>(
                        "select max(pid) from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'"
                    )
                )
                    is not null,
            "the follower to write"
        );
        return pid!.Value;
    }
}
