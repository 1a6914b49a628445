using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MPanel.Database;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using MPanel.Tests.JobWorker;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs;

/// <summary>A database with the scripted steps' tables, and the processes that work on it: in this one, or beside it.</summary>
public sealed class JobTestBed : IAsyncDisposable
{
    private readonly List<IHost> _hosts = [];
    private readonly List<Process> _processes = [];
    private readonly string _connectionString;

    private JobTestBed(string connectionString)
    {
        _connectionString = connectionString;
        DataSource = Db.Open(connectionString, "job-tests");
    }

    public NpgsqlDataSource DataSource { get; }

    public static async Task<JobTestBed> Create()
    {
        var cluster = await PostgresCluster.Shared;
        var bed = new JobTestBed(await cluster.CreateDatabase());
        await bed.Execute(ScriptedStep.Tables);
        return bed;
    }

    public async Task<IHost> StartHost(bool runsWorkers = true, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var host = WorkerHost.Build(_connectionString, runsWorkers, settings);
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    /// <summary>A worker in a process of its own, ready to work.</summary>
    public async Task<Process> StartProcess(params string[] settings)
    {
        var worker = Path.Combine(AppContext.BaseDirectory, "MPanel.Tests.JobWorker.dll");
        var process = Process.Start(
            new ProcessStartInfo("dotnet", [worker, _connectionString, .. settings]) { RedirectStandardOutput = true }
        )!;
        _processes.Add(process);
        var ready = new TaskCompletionSource();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is "ready")
                ready.TrySetResult();
            else if (line.Data is null)
                ready.TrySetException(new InvalidOperationException("The worker process ended before it was ready."));
        };
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return process;
    }

    /// <param name="script">JSON: for each step kind its behaviours, one an attempt. See <see cref="ScriptedStep"/>.</param>
    /// <param name="by">Hands it over after the commit, as a process that adds work does; null leaves it to the others' next look.</param>
    public async Task<long> Add(IHost? by, string script = "{}", string? key = null, string kind = ScriptedChain.ChainKind) =>
        (await TryAdd(by, script, key, kind)).Id;

    public async Task<AddedJob> TryAdd(IHost? by, string script = "{}", string? key = null, string kind = ScriptedChain.ChainKind)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var added = await AddJob.Run(transaction, Job(script, key, kind));
        await transaction.CommitAsync();
        if (by is not null)
            Signal(by);
        return added;
    }

    public static NewJob Job(string script = "{}", string? key = null, string kind = ScriptedChain.ChainKind) =>
        new(key ?? Guid.NewGuid().ToString(), kind, "test", 1, "a test", Guid.NewGuid().ToString("N"), script);

    public static void Signal(IHost host) => host.Services.GetRequiredService<JobSignals>().Added();

    /// <summary>Does something to work as a person does.</summary>
    public static async Task<DecidedJob?> ByHand(IHost host, Func<JobActions, Actor, Task<Outcome<DecidedJob>>> action) =>
        await action(host.Services.GetRequiredService<JobActions>(), Actor.System("anna"))
            is Outcome<DecidedJob>.Done { Value: var decided }
            ? decided
            : null;

    public async Task<JobRow> Row(long id)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return (await JobList.One(db, id))!;
    }

    /// <summary>Where it stands: steps done and state, such as "1 stopped".</summary>
    public async Task<string> Standing(long id)
    {
        var row = await Row(id);
        return $"{row.Step} {row.State}";
    }

    public Task WaitForStanding(long id, string standing, int seconds = 30) =>
        WaitFor(async () => await Standing(id) == standing, async () => $"{standing}, but it is {await Standing(id)}", seconds);

    /// <summary>What Hangfire shows of it, in the order of its steps, such as "test.a Succeeded, test.b Failed".</summary>
    public async Task<string> Shown(long id) =>
        await Scalar<string?>(
            $"""
            select string_agg(
                split_part(trim('"' from arguments ->> 1), ' for ', 1) || ' ' || statename, ', ' order by split_part(arguments ->> 1, ' for ', 1)
            )
            from hangfire.job where arguments ->> 0 = '{id}'
            """
        ) ?? "";

    public Task WaitForShown(long id, string shown, int seconds = 30) =>
        WaitFor(async () => await Shown(id) == shown, async () => $"{shown}, but it is {await Shown(id)}", seconds);

    /// <summary>What was committed by a job's steps, in order, such as "test.a/1 test.b/2" for kind and attempt.</summary>
    public async Task<string> Effects(long id) =>
        await Scalar<string?>($"select string_agg(kind || '/' || attempt, ' ' order by id) from effects where job_id = {id}") ?? "";

    /// <summary>What was begun by a job's steps, in order.</summary>
    public async Task<string> Attempts(long id) =>
        await Scalar<string?>($"select string_agg(kind || '/' || attempt, ' ' order by id) from attempts where job_id = {id}") ?? "";

    /// <summary>What its chain was told, in order, such as "test.a:retry test.a:done".</summary>
    public async Task<string> Records(long id) =>
        await Scalar<string?>($"select string_agg(kind || ':' || outcome, ' ' order by id) from records where job_id = {id}") ?? "";

    public async Task<T> Scalar<T>(string sql)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return (await db.ExecuteScalarAsync<T>(sql))!;
    }

    public async Task Execute(string sql)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(sql);
    }

    public static async Task WaitFor(Func<Task<bool>> condition, Func<Task<string>> what, int seconds = 30)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started).TotalSeconds > seconds)
                throw new TimeoutException($"Waited {seconds} s for {await what()}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }
        await DataSource.DisposeAsync();
    }
}
