using MPanel.Database.Jobs;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>A kind of work: its steps in order, and what the business wants to know of them.</summary>
public interface IChain
{
    string Kind { get; }

    /// <summary>Step kinds in the order they run.</summary>
    IReadOnlyList<string> Steps { get; }

    /// <summary>The queue that its work waits in, one of <see cref="JobFace.Queues"/>: each has workers of its own.</summary>
    string Queue => JobFace.Queue;

    /// <summary>Whether a person may give its work up. Not where nobody could tell what that leaves undone.</summary>
    bool MayBeCancelled => true;

    /// <summary>
    /// Whether what has been done is committed after this step. Where not, the next step writes into the same transaction: it must make no
    /// call to the outside. The last step of all is always committed.
    /// </summary>
    bool CommitsAfter(string step) => true;

    /// <summary>
    /// Called in the transaction that changes the work, so that the business record never disagrees: with what happened to its steps since
    /// the last commit, in order.
    /// </summary>
    Task Record(NpgsqlTransaction transaction, ChainJob job, IReadOnlyList<StepEvent> events, CancellationToken cancellationToken);
}

/// <param name="Payload">JSON, as given when the work was added.</param>
/// <param name="Finished">Its last step is done.</param>
public sealed record ChainJob(long Id, string Payload, string CorrelationId, bool Finished);

/// <summary>What happened to a step.</summary>
/// <param name="Outcome">See <see cref="StepOutcome"/>.</param>
/// <param name="Attempt">At this step, from 1; 0 for what a person did.</param>
/// <param name="Code">For all but done: a stable code.</param>
/// <param name="NextRunAt">For retry: when it will be tried again.</param>
/// <param name="Actor">Who did it: the panel, or the person or key that resumed or cancelled.</param>
public sealed record StepEvent(
    string Kind,
    string Outcome,
    int Attempt,
    DateTimeOffset At,
    TimeSpan Duration,
    string? Code = null,
    string? Message = null,
    DateTimeOffset? NextRunAt = null,
    string Actor = TimelineLine.Panel
);
