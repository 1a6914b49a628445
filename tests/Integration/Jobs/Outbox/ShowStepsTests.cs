using System.Diagnostics;
using Dapper;
using MPanel.Database.Jobs;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs.Outbox;

/// <summary>Finished steps on the dashboard: each is one job that succeeded, whoever writes it and whatever happens to them.</summary>
public sealed class ShowStepsTests : IAsyncLifetime
{
    private const string Showing = "showing-steps";

    private OutboxDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await OutboxDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Show_OfFinishedSteps_MakesOneJobEach()
    {
        var job = await _desk.Begun();
        await _desk.End(job, JobState.Running, 2);

        Assert.Equal(1, await Show());
        Assert.Equal("A for ORD-1, B for ORD-1", await Copies(job.Id));
        Assert.Equal(0, await Show());

        await _desk.End(job with { Step = 2 }, JobState.Done, 6);
        Assert.Equal(1, await Show());
        // The last one is what its own job shows.
        Assert.Equal("A for ORD-1, B for ORD-1, C for ORD-1, D for ORD-1, E for ORD-1", await Copies(job.Id));
        Assert.Equal(
            "F for ORD-1 Succeeded",
            await _desk.Scalar<string>(
                "select trim('\"' from j.arguments ->> 1) || ' ' || j.statename from outbox o join hangfire.job j on j.id = o.hangfire_id"
            )
        );
        Assert.Equal(6, await _desk.Scalar<long>("select sum(value) from hangfire.aggregatedcounter where key = 'stats:succeeded'"));
    }

    [Fact]
    public async Task Show_OfWorkThatIsGivenUp_MakesTheStepsThatWereDone()
    {
        var job = await _desk.Begun();
        await _desk.End(job, JobState.Cancelled, 3, code: "code", reason: "Why.");

        await Show();

        Assert.Equal("A for ORD-1, B for ORD-1, C for ORD-1", await Copies(job.Id));
        Assert.Equal("Deleted", await _desk.Shown(job.Id));
    }

    [Fact]
    public async Task Show_ByThreeAtOnceWhileStepsGoOnAndConnectionsDie_MakesEachMissingJobOnce()
    {
        const int orders = 600;
        await _desk.AddMany(orders);
        await _desk.HandOverAll();
        await _desk.Execute("update outbox set step = 3, took = '{1,2,3}'");
        using var over = new CancellationTokenSource();

        var showing = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ShowOnAndOn(over.Token))).ToList();
        var ended = await TerminateWhile(() => MoveOn(orders));
        await over.CancelAsync();
        var broken = (await Task.WhenAll(showing)).Sum();
        while (await Show() > 0) { }

        Assert.True(ended >= 3 && broken >= 1, $"{ended} connections were terminated, {broken} statements failed");
        Assert.Equal(
            orders,
            await _desk.Scalar<long>(
                """
                select count(*) from outbox o
                where o.step = 6 and o.shown = 6 and (
                    select array_agg(left(trim('"' from j.arguments ->> 1), 1) order by j.arguments ->> 1)
                    from hangfire.job j where j.arguments ->> 0 = o.id::text and j.id <> o.hangfire_id and j.statename = 'Succeeded'
                ) = array['A', 'B', 'C', 'D', 'E']
                """
            )
        );
        Assert.Equal(orders * 6, await _desk.Scalar<long>("select count(*) from hangfire.job"));
        Assert.Equal(
            0,
            await _desk.Scalar<long>(
                "select count(*) from hangfire.job j left join hangfire.state s on s.id = j.stateid where s.id is null"
            )
        );
    }

    /// <summary>From three steps to the end, a few orders at a time, step by step.</summary>
    private async Task MoveOn(int orders)
    {
        await using var db = await _desk.DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(Transitions.Free);
        for (var step = 4; step <= 6; step++)
        for (var from = 0; from < orders; from += 25)
            await db.ExecuteAsync(
                """
                update outbox set step = @step, took = took || 1,
                    state = case @step when 6 then 'done' else state end, done_at = case @step when 6 then now() end
                where id > @from and id <= @from + 25
                """,
                new { step, from }
            );
    }

    /// <returns>How many connections were terminated meanwhile.</returns>
    private async Task<int> TerminateWhile(Func<Task> run)
    {
        var (ended, began, work) = (0, Stopwatch.GetTimestamp(), run());
        while (!work.IsCompleted || (ended < 6 && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20)))
        {
            ended += await _desk.Scalar<int>(
                """
                select count(pg_terminate_backend(pid))::int from (
                    select pid from pg_stat_activity where application_name = @Showing and state = 'active' limit 1
                ) one
                """,
                new { Showing }
            );
            await Task.Delay(15);
        }
        await work;
        return ended;
    }

    /// <returns>How often its connection broke.</returns>
    private async Task<int> ShowOnAndOn(CancellationToken over)
    {
        var broken = 0;
        while (!over.IsCancellationRequested)
        {
            try
            {
                await using var db = new NpgsqlConnection(_desk.ConnectionString + $";Application Name={Showing};Pooling=false");
                await db.OpenAsync(CancellationToken.None);
                while (!over.IsCancellationRequested)
                    await ShowSteps.Run(db, OutboxDesk.Face, 20, CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                broken++;
            }
        }
        return broken;
    }

    private Task<int> Show() => ShowSteps.Run(_desk.Connection, OutboxDesk.Face, 100, default);

    private Task<string> Copies(long id) =>
        _desk.Scalar<string>(
            """
            select string_agg(trim('"' from j.arguments ->> 1), ', ' order by j.id)
            from outbox o join hangfire.job j on j.arguments ->> 0 = o.id::text and j.id <> o.hangfire_id
            where o.id = @id and j.statename = 'Succeeded'
            """,
            new { id }
        );
}
