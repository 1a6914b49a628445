using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>One attempt at one step, as its handler sees it.</summary>
/// <param name="JobId">Of the work that the step is part of.</param>
/// <param name="Payload">JSON, as given when the work was added.</param>
/// <param name="Attempt">At this step, from 1.</param>
/// <param name="Begin">Opens the transaction to write in, or returns the one that is open. The engine commits it or rolls it back.</param>
public sealed record StepRun(
    long JobId,
    string Kind,
    string Payload,
    string CorrelationId,
    int Attempt,
    Func<CancellationToken, Task<NpgsqlTransaction>> Begin
);
