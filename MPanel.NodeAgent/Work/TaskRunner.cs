using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Work;

/// <summary>One task from its lease to its acknowledged outcome.</summary>
internal sealed partial class TaskRunner(
    IEnumerable<ITaskHandler> handlers,
    PanelClient panel,
    TokenFile token,
    Outbox outbox,
    OutboxSender sender,
    TaskHooks hooks,
    FaultSwitch faults,
    TimeProvider time,
    ILogger<TaskRunner> logger
)
{
    private static readonly TimeSpan FlushBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastCallBound = TimeSpan.FromSeconds(15);

    /// <param name="received">Timestamp of when the lease came in.</param>
    /// <param name="stopping">The agent is to stop: a task that has changed nothing is given back.</param>
    /// <param name="over">The time to finish after that is over.</param>
    public async Task Run(TaskLease lease, long received, CancellationToken stopping, CancellationToken over)
    {
        var about = new Dictionary<string, object>
        {
            ["CorrelationId"] = LogText.Clean(lease.CorrelationId),
            ["TaskId"] = lease.Id,
            ["Attempt"] = lease.Attempt,
            ["Server"] = token.Server,
            ["Domain"] = LogText.Clean(lease.Domain),
        };
        using var scope = logger.BeginScope(about);
        LogBegun(lease.Type, lease.Action);
        LeaseKeeper? held = null;
        using var fence = new Fence(() => held!.Held);
        await using var keeper = held = new LeaseKeeper(
            lease,
            received,
            c => panel.Renew(lease.Id, lease.LeaseToken, lease.CorrelationId, c),
            time,
            logger
        );
        await using var log = new TaskLog(
            (lines, c) => panel.Log(lease.Id, new LogRequest(lease.LeaseToken, lines), lease.CorrelationId, c),
            time,
            logger,
            about
        );
        keeper.Lost += () => fence.Lower(FenceReason.LeaseLost);
        log.Refused += keeper.Refused;
        using var first = stopping.Register(() => fence.Lower(FenceReason.StoppedUntouched));
        using var last = over.Register(() => fence.Lower(FenceReason.StoppedMidway));
        keeper.Start();
        log.Start();
        var end = await Work(new TaskRun(lease, log, new TaskEffects(fence, log, faults), fence.Token), fence);
        if (fence.Reason is null or FenceReason.StoppedMidway)
            await Conclude(log, end.Failure);
        // From here on a renewal or a log line would meet a lease that is spent.
        await log.Stop();
        await keeper.Stop();
        await End(lease, fence, log, end);
    }

    private async Task<TaskEnd> Work(TaskRun run, Fence fence)
    {
        try
        {
            var handler = handlers.FirstOrDefault(h => h.Type == run.Lease.Type);
            if (handler is null)
                return new TaskFailure("type_not_supported", $"This agent cannot do tasks of type {run.Lease.Type}.", Permanent: true);
            var end = await handler.Run(run);
            // There is nothing left that a hook could add to.
            if (end.Failure is not null || run.Lease.Action == TaskVerb.Remove)
                return end;
            await run.Effects.Do(
                Effect.Hooks,
                "running what stands in hooks.d",
                async () =>
                {
                    await hooks.Run(run);
                    return true;
                }
            );
            return end;
        }
        catch (OperationCanceledException) when (fence.Reason is { } reason)
        {
            return new TaskFailure("agent_stopped", $"The agent stopped before the task was done ({reason}).");
        }
        catch (Exception e)
        {
            LogBroken(e);
            return new TaskFailure("agent_error", $"{e.GetType().Name}: {e.Message}");
        }
    }

    private async Task End(TaskLease lease, Fence fence, TaskLog log, TaskEnd end)
    {
        // Asked once more: the lease may have ended while the last lines were sent.
        if (fence.Reason == FenceReason.LeaseLost)
            LogAbandoned();
        else if (fence.Reason == FenceReason.StoppedUntouched)
            await GiveBack(lease);
        else
            await Report(lease, end, log.Unsent());
    }

    private static Task Conclude(TaskLog log, TaskFailure? failure)
    {
        if (failure is not null)
            log.Error($"{failure.Code}: {failure.Message}");
        else
            log.Info("done");
        return log.Flush(FlushBound);
    }

    private async Task Report(TaskLease lease, TaskEnd end, LogLine[] unsent)
    {
        var failure = end.Failure;
        var error = failure is null ? null : new TaskError(failure.Code, LogText.Clean(failure.Message));
        var request = new CompleteRequest(
            lease.LeaseToken,
            failure is null ? "success" : "failed",
            failure?.Permanent ?? false,
            error,
            failure is null ? end.Applied : null
        );
        var outcome = new KeptOutcome(lease.Id, lease.Domain, lease.CorrelationId, request, unsent);
        outbox.Put(outcome);
        faults.After(Effect.OutcomeKept);
        using var bound = new CancellationTokenSource(LastCallBound, time);
        try
        {
            await sender.Send(outcome, bound.Token);
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            LogKept();
        }
    }

    private async Task GiveBack(TaskLease lease)
    {
        using var bound = new CancellationTokenSource(LastCallBound, time);
        try
        {
            var answer = await panel.Release(lease.Id, lease.LeaseToken, lease.CorrelationId, bound.Token);
            LogReleased(answer.Accepted ? "the panel took it back" : $"{answer.Reason}; its lease will run out");
        }
        catch (OperationCanceledException) when (bound.IsCancellationRequested)
        {
            LogReleased("the panel did not answer; its lease will run out");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Task begun: {Type} {Action}")]
    private partial void LogBegun(string type, string action);

    [LoggerMessage(Level = LogLevel.Error, Message = "The task's handler broke")]
    private partial void LogBroken(Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The task was left: its lease is no longer ours")]
    private partial void LogAbandoned();

    [LoggerMessage(Level = LogLevel.Information, Message = "The task was given back untouched: {Result}")]
    private partial void LogReleased(string result);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The panel did not answer; the outcome is kept on disk")]
    private partial void LogKept();
}
