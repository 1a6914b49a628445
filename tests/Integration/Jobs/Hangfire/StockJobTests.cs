using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Tests.Integration.Jobs.Outbox;

namespace MPanel.Tests.Integration.Jobs.Hangfire;

/// <summary>A job that the engine wrote is, column by column, one that Hangfire could have written.</summary>
public sealed partial class StockJobTests : IAsyncLifetime
{
    // What stands in the queue is begun with the next one: so that one comes last.
    private static readonly string[] States = ["Processing", "Scheduled", "Failed", "Succeeded", "Deleted", "Enqueued"];

    private OutboxDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await OutboxDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task Jobs_InEveryState_HaveTheColumnsKeysAndFormatsOfStockOnes()
    {
        var stock = new StockJobs(_desk.DataSource);
        var theirs = new Dictionary<string, string>();
        foreach (var state in (string[])["Enqueued", "Scheduled", "Failed", "Deleted"])
            theirs[state] = Rows(stock.Create(state));
        theirs["Succeeded"] = Rows(await stock.Run(job => theirs["Processing"] = Rows(job)));

        var ours = new Dictionary<string, string>();
        foreach (var state in States)
            ours[state] = Rows($"{await Own(state)}");

        foreach (var state in States)
            Assert.Equal(theirs[state], ours[state]);
    }

    [Fact]
    public async Task Jobs_InEveryState_AreReadByHangfire()
    {
        var stock = new StockJobs(_desk.DataSource);
        using var connection = stock.Storage.GetConnection();
        var monitor = stock.Storage.GetMonitoringApi();
        var ids = new Dictionary<string, string>();

        foreach (var state in States)
        {
            ids[state] = $"{await Own(state)}";
            var read = connection.GetJobData(ids[state]);

            Assert.Equal((state, null), (read.State, read.LoadException));
            Assert.Equal((typeof(OutboxJob), nameof(OutboxJob.Run)), (read.Job.Type, read.Job.Method.Name));
            Assert.IsType<long>(read.Job.Args[0]);
            Assert.Equal($"{(state == "Succeeded" ? "F" : "A")} for {state} \"ü\"", read.Job.Args[1]);
            Assert.InRange(DateTime.UtcNow - read.CreatedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        }

        var (enqueued, processing) = (monitor.EnqueuedJobs(JobFace.Queue, 0, 9), monitor.ProcessingJobs(0, 9));
        Assert.NotNull(Assert.Single(enqueued, j => j.Key == ids["Enqueued"]).Value.EnqueuedAt);
        Assert.Equal("host:1:outbox", Assert.Single(processing, j => j.Key == ids["Processing"]).Value.ServerId);
        Recent(Assert.Single(processing).Value.StartedAt);
        var scheduled = Assert.Single(monitor.ScheduledJobs(0, 9));
        Assert.Equal(ids["Scheduled"], scheduled.Key);
        Recent(scheduled.Value.EnqueueAt - TimeSpan.FromHours(1));
        var failed = Assert.Single(monitor.FailedJobs(0, 9));
        Assert.Equal((ids["Failed"], "code", "Why."), (failed.Key, failed.Value.ExceptionType, failed.Value.ExceptionMessage));
        Recent(failed.Value.FailedAt);
        Recent(Assert.Single(monitor.SucceededJobs(0, 9), j => j.Key == ids["Succeeded"]).Value.SucceededAt);
        Recent(Assert.Single(monitor.DeletedJobs(0, 9), j => j.Key == ids["Deleted"]).Value.DeletedAt);
    }

    [Fact]
    public async Task FinishedStep_IsLikeAStockJobThatSucceeded()
    {
        var stock = await new StockJobs(_desk.DataSource).Run(_ => { });
        var job = await _desk.Begun("ORD-1");
        await _desk.End(job, JobState.Running, 1);
        await ShowSteps.Run(_desk.Connection, OutboxDesk.Face, 10, default);
        var copy = await _desk.Scalar<string>(
            "select j.id::text from hangfire.job j join outbox o on j.arguments ->> 0 = o.id::text and j.id <> o.hangfire_id"
        );

        Assert.Equal(Rows(stock), Rows(copy));
    }

    /// <summary>A job of the engine's in this state; Hangfire's id.</summary>
    private async Task<long> Own(string state)
    {
        var title = $"{state} \"ü\"";
        if (state == "Enqueued")
        {
            await _desk.Add(title);
            await _desk.HandOverAll();
        }
        else
        {
            var job = await _desk.Begun(title);
            await (
                state switch
                {
                    "Scheduled" => _desk.Wait(job, TimeSpan.FromHours(1)),
                    "Failed" => _desk.Stop(job),
                    "Succeeded" => _desk.End(job, JobState.Done, 6),
                    "Deleted" => _desk.End(job, JobState.Cancelled, 0, code: "code", reason: "Why."),
                    _ => Task.FromResult(true),
                }
            );
        }
        return await _desk.Scalar<long>("select hangfire_id from outbox where title = @title", new { title });
    }

    /// <summary>
    /// What stands of a job in all tables, by column; of JSON by key. Of values only what must be the same: names, and the format of times.
    /// A job's history is left out, but for the state that it has, and a state's reason, which is whoever's who changes it.
    /// </summary>
    private string Rows(string job)
    {
        using var db = _desk.DataSource.OpenConnection();
        var text = db.ExecuteScalar<string>(
            """
            select jsonb_build_object(
                'job', (select to_jsonb(j) || jsonb_build_object('expireat', j.expireat - now()) from hangfire.job j where j.id = @id),
                'state', (select to_jsonb(s) - 'reason' from hangfire.job j join hangfire.state s on s.id = j.stateid and s.jobid = j.id where j.id = @id),
                'queue', (select to_jsonb(q) from hangfire.jobqueue q where q.jobid = @id and q.fetchedat is null),
                'set', (select to_jsonb(s) from hangfire.set s where s.value = @id::text))
            """,
            new { id = long.Parse(job, CultureInfo.InvariantCulture) }
        );
        using var json = JsonDocument.Parse(text!);
        var found = new List<string>();
        Collect(json.RootElement, "", found);
        return string.Join('\n', found.Order(StringComparer.Ordinal));
    }

    private static void Collect(JsonElement element, string path, List<string> found)
    {
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var property in element.EnumerateObject())
                Collect(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", found);
        else
            found.Add($"{path}: {(element.ValueKind == JsonValueKind.Null ? "null" : Shape(path, element.ToString()))}");
    }

    /// <summary>The value where it must be the same, and what it looks like elsewhere.</summary>
    private static string Shape(string path, string value) =>
        path switch
        {
            "job.statename" or "state.name" or "set.key" => value,
            "job.invocationdata.Arguments" or "job.arguments" => Pair().IsMatch(value) ? "a number and a string" : value,
            "job.invocationdata.Type" or "job.invocationdata.Method" or "job.invocationdata.ParameterTypes" => value,
            "job.expireat" => value[..2] is "1 " or "23" or "24" ? "a day" : value,
            _ when Time().IsMatch(value) => "time in UTC",
            _ when Number().IsMatch(value) => "number",
            _ => "text",
        };

    private static void Recent(DateTime? time) => Assert.InRange(DateTime.UtcNow - time!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));

    [GeneratedRegex("""^\["\d+", ?"\\".*\\""\]$""")]
    private static partial Regex Pair();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$")]
    private static partial Regex Time();

    [GeneratedRegex(@"^\d+$")]
    private static partial Regex Number();
}
