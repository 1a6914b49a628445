namespace MPanel.Database.Jobs;

/// <summary>A step a person changed, with what its chain's record needs of it.</summary>
public sealed record ChangedStep(
    long Id,
    long ChainId,
    string ChainKind,
    string Kind,
    string Payload,
    string Subject,
    string CorrelationId,
    int Attempt
);
