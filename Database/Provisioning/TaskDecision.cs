namespace MPanel.Database.Provisioning;

/// <summary>What became of a person's decision about a task.</summary>
/// <param name="Found">There is such a task.</param>
/// <param name="Changed">It was in a state that allows the decision; otherwise nothing was changed.</param>
/// <param name="Before">Its status before; null when it was not found.</param>
/// <param name="After">Its status now.</param>
/// <param name="Woken">Servers that have something to claim by this, to be told after the commit.</param>
public sealed record TaskDecision(bool Found, bool Changed, string? Before, string? After, long[] Woken);
