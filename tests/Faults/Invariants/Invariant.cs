namespace MPanel.Faults.Invariants;

/// <summary>What must hold whatever happens, and where it did not.</summary>
/// <param name="Checked">How often, or how many things, were looked at: nothing is proven by a check that saw nothing.</param>
public sealed record Invariant(string Name, long Checked, IReadOnlyCollection<string> Violations);
