using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>
/// Carries steps made due by this process to Hangfire, after the commit that made them so. Nothing is lost when it is full, fails or
/// dies with the process: the sweep finds what is due and was not dispatched.
/// </summary>
public sealed partial class JobDispatcher(
    JobEngine engine,
    NpgsqlDataSource dataSource,
    TimeProvider time,
    IOptions<JobOptions> options,
    ILogger<JobDispatcher> logger
) : BackgroundService
{
    private const int BatchSize = 128;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    private readonly Channel<StepDispatch> _woken = Channel.CreateBounded<StepDispatch>(
        new BoundedChannelOptions(10_000) { SingleReader = true }
    );
    private readonly Channel<long> _dispatched = Channel.CreateBounded<long>(
        new BoundedChannelOptions(20_000) { SingleReader = true, SingleWriter = true }
    );

    /// <summary>Call after the commit that made the step due. Never blocks and never fails.</summary>
    /// <param name="title">For the engine's dashboard, such as "order.payment MP-1001".</param>
    public void Wake(long stepId, string title) => _woken.Writer.TryWrite(new StepDispatch(stepId, title, time.GetUtcNow()));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Dispatch(stoppingToken), RememberDispatched(stoppingToken));

    private async Task Dispatch(CancellationToken stoppingToken)
    {
        var batch = new List<StepDispatch>(BatchSize);
        while (await _woken.Reader.WaitToReadAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < BatchSize && _woken.Reader.TryRead(out var step))
                batch.Add(step);
            try
            {
                await engine.Dispatch(batch, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogDispatchFailed(failure, batch.Count);
                continue;
            }
            foreach (var step in batch)
                _dispatched.Writer.TryWrite(step.StepId);
            // A lone step went at once; of a stream of them, what comes now shares the next round trip to the engine.
            await Task.Delay(Gathering, time, stoppingToken);
        }
    }

    /// <summary>A little later most of them have been started, and the one statement for all changes nothing and costs no commit.</summary>
    private async Task RememberDispatched(CancellationToken stoppingToken)
    {
        var ids = new List<long>();
        while (await _dispatched.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(options.Value.DispatchGrace / 3, time, stoppingToken);
            ids.Clear();
            while (_dispatched.Reader.TryRead(out var id))
                ids.Add(id);
            try
            {
                await using var db = await dataSource.OpenConnectionAsync(stoppingToken);
                await MarkDispatched.Run(db, [.. ids], stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogMarkFailed(failure, ids.Count);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The job engine didn't take {Count} steps; the sweep will dispatch them.")]
    private partial void LogDispatchFailed(Exception failure, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} dispatched steps couldn't be marked; the sweep may dispatch them again.")]
    private partial void LogMarkFailed(Exception failure, int count);
}
