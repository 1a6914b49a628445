namespace MPanel.Jobs.Engine;

/// <param name="Title">For the dashboard.</param>
/// <param name="RunAt">Not before; what is past means now.</param>
public sealed record StepDispatch(long StepId, string Title, DateTimeOffset RunAt);
