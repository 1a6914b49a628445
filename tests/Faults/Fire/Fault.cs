using MPanel.Faults.World;

namespace MPanel.Faults.Fire;

/// <summary>Something that goes wrong at one place for a while.</summary>
/// <param name="Name">Such as <c>web-kill</c>.</param>
/// <param name="Place">What it befalls; one fault at a place at a time.</param>
/// <param name="Length">From its beginning to its end.</param>
/// <param name="End">Takes it away; what is killed is started again by whoever keeps it.</param>
/// <param name="Ready">Whether what it befell is itself again.</param>
public sealed record Fault(string Name, string Place, TimeSpan Length, Func<Task> Begin, Func<Task> End, Func<Task<bool>> Ready)
{
    /// <summary>The node it happens on, if it is one's.</summary>
    public Node? Node { get; init; }

    /// <summary>Nobody can ask the node's websites meanwhile: that is the fault itself.</summary>
    public bool DarkensSites { get; init; }
}
