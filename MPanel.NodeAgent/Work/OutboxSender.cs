using System.Collections.Concurrent;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Work;

/// <summary>Brings kept outcomes to the panel until it has answered each of them for good.</summary>
internal sealed partial class OutboxSender(Outbox outbox, PanelClient panel, FaultSwitch faults, ILogger<OutboxSender> logger)
{
    private readonly ConcurrentDictionary<Guid, bool> _underWay = new();
    private volatile bool _unanswered;

    /// <summary>Sends all that is kept, again and again, with growing pauses while the panel does not take them.</summary>
    public async Task Run(CancellationToken stopping)
    {
        var backoff = new Backoff(Random.Shared);
        while (true)
        {
            var left = await SendAll(stopping);
            if (left == 0)
                backoff.Succeeded();
            await panel.Pause(left == 0 ? TimeSpan.FromSeconds(5) : backoff.Failed(), unanswered: left > 0 && _unanswered, stopping);
        }
    }

    /// <returns>How many are still kept.</returns>
    public async Task<int> SendAll(CancellationToken cancellationToken)
    {
        var left = 0;
        foreach (var outcome in outbox.All())
        {
            if (!await Send(outcome, cancellationToken))
                left++;
        }
        return left;
    }

    /// <returns>False when it must be sent again.</returns>
    public async Task<bool> Send(KeptOutcome outcome, CancellationToken cancellationToken)
    {
        var lease = outcome.Request.LeaseToken;
        if (!_underWay.TryAdd(lease, true))
            return false;
        try
        {
            await SendLines(outcome, cancellationToken);
            return Settle(outcome, await panel.Complete(outcome.TaskId, outcome.Request, outcome.CorrelationId, cancellationToken));
        }
        finally
        {
            _underWay.TryRemove(lease, out _);
        }
    }

    // For the reader's sake, and before the outcome, which ends the lease. What the panel does not take is given up.
    private async Task SendLines(KeptOutcome outcome, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < outcome.Lines.Length; )
        {
            var batch = LogBatch.First(outcome.Lines.Skip(sent));
            var request = new LogRequest(outcome.Request.LeaseToken, batch);
            var answer = await panel.Log(outcome.TaskId, request, outcome.CorrelationId, cancellationToken);
            if (!answer.Accepted)
                return;
            sent += batch.Length;
        }
    }

    private bool Settle(KeptOutcome outcome, PanelAnswer<Nothing> answer)
    {
        if (answer.Accepted)
        {
            faults.After(Effect.OutcomeSent);
            outbox.Remove(outcome);
            LogAcknowledged(outcome.TaskId, outcome.Domain, outcome.Request.Status, outcome.CorrelationId);
            return true;
        }
        if (answer.LeaseRefused)
        {
            outbox.Remove(outcome);
            LogNotOurs(outcome.TaskId, outcome.Domain, outcome.Request.Status, answer.Reason, outcome.CorrelationId);
            return true;
        }
        // A 404 without the panel's code comes from a proxy or a wrong address, and must not cost an outcome.
        if (answer.Status is 400 or 413 or 415 or 422)
        {
            outbox.SetAside(outcome);
            LogNeverTaken(outcome.TaskId, outcome.Domain, answer.Reason, outcome.CorrelationId);
            return true;
        }
        _unanswered = answer.Unanswered;
        LogWaiting(outcome.TaskId, outcome.Domain, answer.Reason, outcome.CorrelationId);
        return false;
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The outcome of task {TaskId} for {Domain}, {Status}, is acknowledged (correlation {CorrelationId})"
    )]
    private partial void LogAcknowledged(long taskId, string domain, string status, string correlationId);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The panel did not take the outcome of task {TaskId} for {Domain}, {Status}: {Reason}. It counts no more (correlation {CorrelationId})"
    )]
    private partial void LogNotOurs(long taskId, string domain, string status, string reason, string correlationId);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The panel will never take the outcome of task {TaskId} for {Domain}: {Reason}. It was set aside (correlation {CorrelationId})"
    )]
    private partial void LogNeverTaken(long taskId, string domain, string reason, string correlationId);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The outcome of task {TaskId} for {Domain} is kept and will be sent again: {Reason} (correlation {CorrelationId})"
    )]
    private partial void LogWaiting(long taskId, string domain, string reason, string correlationId);
}
