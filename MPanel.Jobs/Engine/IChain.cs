using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>A kind of chain: its steps in order, and what the business wants to know of them.</summary>
public interface IChain
{
    string Kind { get; }

    /// <summary>Step kinds in the order they run.</summary>
    IReadOnlyList<string> Steps { get; }

    /// <summary>Called in the same transaction that changes the step, so that the business record and the ledger never disagree.</summary>
    Task Record(NpgsqlTransaction transaction, StepEvent stepEvent, CancellationToken cancellationToken);

    /// <summary>For the dashboard: whom and what chains are about, by their payloads. What is absent goes by its subject alone.</summary>
    Task<IReadOnlyDictionary<string, ChainAbout>> About(
        NpgsqlConnection db,
        IReadOnlyCollection<string> payloads,
        CancellationToken cancellationToken
    ) => Task.FromResult<IReadOnlyDictionary<string, ChainAbout>>(new Dictionary<string, ChainAbout>());
}

/// <param name="Who">Such as an e-mail address.</param>
/// <param name="Facts">Ids to search by, under their names: the order's reference, the PaymentIntent.</param>
public sealed record ChainAbout(string Who, IReadOnlyDictionary<string, string> Facts);

/// <summary>What happened to a step.</summary>
/// <param name="Outcome"><c>done</c>, <c>retry</c>, <c>review</c>, <c>given_up</c>, <c>cancelled</c> or <c>resumed</c>.</param>
/// <param name="Code">For all but done: a stable code.</param>
/// <param name="NextRunAt">For retry: when it will be tried again.</param>
/// <param name="ChainFinished">Done, and it was the last step.</param>
/// <param name="Actor">Who did it: <c>system</c>, or the person or key that resumed or cancelled.</param>
public sealed record StepEvent(
    long ChainId,
    string Kind,
    string Payload,
    int Attempt,
    string Outcome,
    string? Code,
    string? Message,
    TimeSpan Duration,
    DateTimeOffset? NextRunAt,
    bool ChainFinished,
    string Actor,
    string CorrelationId
);
