using MPanel.NodeAgent.Contract;

namespace MPanel.NodeAgent.Work;

/// <summary>Does the tasks of one type. Ensures a state: it may be run again after being killed at any line.</summary>
internal interface ITaskHandler
{
    /// <summary>Such as <c>hosting</c>; also what the agent claims and reports as a capability.</summary>
    string Type { get; }

    /// <summary>Of <see cref="WorkerContracts"/>, those it speaks: claimed and reported beside the type.</summary>
    IReadOnlyList<string> Contracts { get; }

    /// <remarks>An exception is a bug or an outage of the node: reported, and retried by the panel.</remarks>
    Task<TaskEnd> Run(TaskRun run);
}

/// <param name="Failure">Null for success.</param>
/// <param name="Applied">Of a success: what stands now, where the contract asks for it.</param>
internal sealed record TaskEnd(TaskFailure? Failure, AppliedState? Applied = null)
{
    public static implicit operator TaskEnd(TaskFailure failure) => new(failure);
}

/// <summary>One attempt at one task, as its handler sees it.</summary>
/// <param name="Cancelled">Ends waits when the task may not go on.</param>
internal sealed record TaskRun(TaskLease Lease, TaskLog Log, TaskEffects Effects, CancellationToken Cancelled);
