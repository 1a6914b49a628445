using MPanel.Database.Jobs;
using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>
/// What people do to jobs, in the transaction of their request. Each method returns the step it changed, or null when there was nothing
/// to change; the caller answers 409 or 404 then. After the commit, pass the step of a retry or resume to <see cref="Wake"/>.
/// </summary>
public sealed class JobControl(StepCatalogue catalogue, JobDispatcher dispatcher)
{
    /// <summary>A failed step runs again with all its attempts before it, and what its giving up cancelled follows it.</summary>
    /// <param name="actor">The person or key, for the record.</param>
    public Task<ChangedStep?> Retry(NpgsqlTransaction transaction, long stepId, string actor, CancellationToken cancellationToken) =>
        Recorded(transaction, RetryStep.Run(transaction, stepId), "resumed", actor, cancellationToken);

    /// <summary>The same for the step a chain stopped at.</summary>
    public Task<ChangedStep?> Resume(NpgsqlTransaction transaction, long chainId, string actor, CancellationToken cancellationToken) =>
        Recorded(transaction, ResumeChain.Run(transaction, chainId), "resumed", actor, cancellationToken);

    /// <summary>Cancels what of a chain isn't done. What a running step would write can no longer be committed.</summary>
    public Task<ChangedStep?> Cancel(NpgsqlTransaction transaction, long chainId, string actor, CancellationToken cancellationToken) =>
        Recorded(transaction, CancelChain.Run(transaction, chainId), "cancelled", actor, cancellationToken);

    public void Wake(ChangedStep step) => dispatcher.Wake(step.Id, $"{step.Kind} {step.Subject}");

    private async Task<ChangedStep?> Recorded(
        NpgsqlTransaction transaction,
        Task<ChangedStep?> change,
        string outcome,
        string actor,
        CancellationToken cancellationToken
    )
    {
        var step = await change;
        if (step is not null && catalogue.Chain(step.ChainKind) is { } chain)
            await chain.Record(
                transaction,
                new StepEvent(
                    step.ChainId,
                    step.Kind,
                    step.Payload,
                    step.Attempt,
                    outcome,
                    Code: $"{outcome}_by_hand",
                    Message: null,
                    TimeSpan.Zero,
                    NextRunAt: null,
                    ChainFinished: false,
                    actor,
                    step.CorrelationId
                ),
                cancellationToken
            );
        return step;
    }
}
