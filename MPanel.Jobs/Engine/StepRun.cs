using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>One attempt at one step, as its handler sees it.</summary>
public sealed class StepRun(
    long stepId,
    long chainId,
    string kind,
    string payload,
    string subject,
    string correlationId,
    int attempt,
    Func<CancellationToken, Task<NpgsqlTransaction>> begin
)
{
    public long StepId => stepId;
    public long ChainId => chainId;
    public string Kind => kind;

    /// <summary>JSON, as given when the chain was started.</summary>
    public string Payload => payload;
    public string Subject => subject;
    public string CorrelationId => correlationId;

    /// <summary>From 1.</summary>
    public int Attempt => attempt;

    /// <summary>Opens the step's transaction, once: a second call returns the same one. The runner commits or rolls it back.</summary>
    public Task<NpgsqlTransaction> Begin(CancellationToken cancellationToken) => begin(cancellationToken);
}
