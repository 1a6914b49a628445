using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MPanel.Database;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine;
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
    /// <param name="by">Wakes the engine after the commit, as a process that starts chains does; null leaves it to the sweep.</param>
    public async Task<StartedChain> Start(IHost? by, string script = "{}", string? key = null)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var started = await StartChain.Run(transaction, Chain(script, key));
        await transaction.CommitAsync();
        if (by is not null)
            Wake(by, started.FirstStepId);
        return started;
    }

    public static NewChain Chain(string script = "{}", string? key = null) =>
        new(
            ScriptedChain.ChainKind,
            key ?? Guid.NewGuid().ToString(),
            "a test",
            Guid.NewGuid().ToString("N"),
            script,
            new ScriptedChain().Steps
        );

    public static void Wake(IHost host, long stepId) => host.Services.GetRequiredService<JobDispatcher>().Wake(stepId, "a test");

    /// <summary>Does something to jobs as a person does, in a transaction, and wakes the engine after it.</summary>
    public async Task<ChangedStep?> ByHand(IHost host, Func<JobControl, NpgsqlTransaction, Task<ChangedStep?>> action)
    {
        var control = host.Services.GetRequiredService<JobControl>();
        await using var db = await DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var changed = await action(control, transaction);
        await transaction.CommitAsync();
        if (changed is not null)
            control.Wake(changed);
        return changed;
    }

    public async Task<JobRow> Step(long chainId, string kind)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return (await ChainSteps.Run(db, chainId)).Single(s => s.Kind == kind);
    }

    /// <summary>States of a chain's steps in order, such as "done failed cancelled".</summary>
    public async Task<string> States(long chainId)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return string.Join(' ', (await ChainSteps.Run(db, chainId)).Select(s => s.State));
    }

    public Task WaitForStates(long chainId, string states, int seconds = 30) =>
        WaitFor(async () => await States(chainId) == states, async () => $"{states}, but it is {await States(chainId)}", seconds);

    /// <summary>What was committed by a chain's steps, in order, such as "test.a/1 test.b/2" for kind and attempt.</summary>
    public async Task<string> Effects(long chainId) =>
        await Scalar<string?>($"select string_agg(kind || '/' || attempt, ' ' order by id) from effects where chain_id = {chainId}") ?? "";

    /// <summary>What was begun by a chain's steps, in order.</summary>
    public async Task<string> Attempts(long chainId) =>
        await Scalar<string?>($"select string_agg(kind || '/' || attempt, ' ' order by id) from attempts where chain_id = {chainId}") ?? "";

    /// <summary>What the chain was told, in order, such as "test.a:retry test.a:done".</summary>
    public async Task<string> Records(long chainId) =>
        await Scalar<string?>($"select string_agg(kind || ':' || outcome, ' ' order by id) from records where chain_id = {chainId}") ?? "";

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
