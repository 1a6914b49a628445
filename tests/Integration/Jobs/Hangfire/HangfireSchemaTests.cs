using Dapper;
using Hangfire.PostgreSql;
using MPanel.Database;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Tests.Support;
using MPanel.Web;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>The engine writes Hangfire's tables itself: no other version of them than the one it was compared with.</summary>
public sealed class HangfireSchemaTests
{
    [Fact]
    public async Task Version_IsTheOneThatThePackageInstalls()
    {
        await using var db = new NpgsqlConnection(await (await PostgresCluster.Shared).CreateEmptyDatabase());
        await db.OpenAsync();

        await db.ExecuteAsync("create schema hangfire");
        PostgreSqlObjectsInstaller.Install(db, "hangfire");

        Assert.Equal(HangfireSchema.Version, await db.ExecuteScalarAsync<int>("select version from hangfire.schema"));
    }

    [Fact]
    public async Task Prepare_ByFourAtOnce_MakesTheTablesOnce()
    {
        await using var dataSource = Db.Open(await (await PostgresCluster.Shared).CreateDatabase(), "schema-tests");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => HangfireSchema.Prepare(dataSource, default)));

        await using var db = await dataSource.OpenConnectionAsync();
        Assert.Equal(HangfireSchema.Version, await db.ExecuteScalarAsync<int>("select version from hangfire.schema"));
    }

    [Fact]
    public async Task Schema_DroppedWhileAProcessRuns_IsMadeAgainWithWhatIsOwed()
    {
        await using var stripe = await StripeSimulation.Start();
        await using var panel = await PanelServer.Start(stripe: stripe);
        var desk = await OrderDesk.Open(panel);
        var doubtful = OrderDesk.NewPaymentIntent();
        await stripe.Payment(doubtful, 1);
        await desk.UntilStatus(await desk.Place(OrderDesk.Example(doubtful, OrderDesk.NewDomain())), "needs_review");

        await desk.Execute("drop schema hangfire cascade");
        var payment = OrderDesk.NewPaymentIntent();
        await stripe.Payment(payment, OrderDesk.ExampleTotal);
        var reference = await desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain()));

        await desk.UntilStatus(reference, "completed");
        await Wait.Until(
            async () =>
                await desk.Count(
                    """
                    select (select count(*) from hangfire.job where statename = 'Failed')
                        + (select count(*) from hangfire.set where key = 'recurring-jobs' and value = 'jobs.prune')
                    """
                ) == 2,
            "what stopped, and the schedules, to stand there again"
        );
    }

    [Fact]
    public async Task Start_OnAnotherVersion_EndsWithASentenceThatSaysHowToMendIt()
    {
        var connectionString = await (await PostgresCluster.Shared).CreateDatabase();
        await using var dataSource = Db.Open(connectionString, "schema-tests");
        await HangfireSchema.Prepare(dataSource, default);
        await using var db = await dataSource.OpenConnectionAsync();
        await db.ExecuteAsync("update hangfire.schema set version = version + 1");

        var refused = await Assert.ThrowsAsync<HangfireSchemaException>(() => PanelServer.Start(connectionString));

        Assert.Equal(
            $"The schema hangfire has version {HangfireSchema.Version + 1}, and this build writes version {HangfireSchema.Version}: "
                + "stop every MPanel process and drop it (drop schema hangfire cascade); it is made again at the next start and loses nothing.",
            StartFailure.Explain(refused)
        );

        await db.ExecuteAsync("drop schema hangfire cascade");
        await using var panel = await PanelServer.Start(connectionString);
        Assert.Equal(HangfireSchema.Version, await db.ExecuteScalarAsync<int>("select version from hangfire.schema"));
    }
}
