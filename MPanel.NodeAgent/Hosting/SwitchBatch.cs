using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>What a removal has noted for good, as long as it is not put back.</summary>
/// <param name="Earlier">Of a removal before it; null when there was none.</param>
internal sealed record Burial(Tombstone Now, Tombstone? Earlier);

/// <summary>A task's wish that the ledger be served with what it wrote there.</summary>
/// <param name="entry">What it wrote; null when it took the website off.</param>
/// <param name="previous">What stood there before.</param>
/// <param name="burial">Of a removal; otherwise null.</param>
internal sealed class SwitchTicket(TaskRun run, long websiteId, LedgerEntry? entry, LedgerEntry? previous, Burial? burial = null)
{
    private readonly TaskCompletionSource<TaskFailure?> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskRun Run => run;
    public long WebsiteId => websiteId;
    public LedgerEntry? Entry => entry;
    public Burial? Burial => burial;

    /// <summary>Changes when the ticket is entered again, after another of its batch was refused.</summary>
    public LedgerEntry? Previous { get; set; } = previous;

    /// <summary>Null once nginx serves it.</summary>
    public Task<TaskFailure?> Served => _served.Task;

    /// <summary>The first end counts.</summary>
    public void End(TaskFailure? failure) => _served.TrySetResult(failure);

    public void Break(Exception e) => _served.TrySetException(e);
}

/// <summary>The tasks that one switch serves; none at the agent's start.</summary>
internal sealed class SwitchBatch(IReadOnlyList<SwitchTicket> tickets, FaultSwitch faults)
{
    private readonly List<SwitchTicket> _left = [.. tickets];

    public IReadOnlyList<SwitchTicket> Left => _left;

    /// <summary>nginx takes what they have written: from here on it is served, whatever happens to the tasks.</summary>
    public bool Stands { get; set; }

    /// <summary>There were tasks, and none of them may go on.</summary>
    public bool IsAbandoned => _left.Count > 0 && !_left.Exists(t => t.Run.Effects.MayGoOn);

    public void Drop(SwitchTicket ticket) => _left.Remove(ticket);

    /// <summary>Not fenced: it is done for all of them. Each finds it in its own log.</summary>
    public async Task<T> Do<T>(Effect effect, string line, Func<Task<T>> act)
    {
        var together = tickets.Count > 1 ? $" (for {tickets.Count} tasks)" : "";
        foreach (var ticket in tickets)
            ticket.Run.Log.Info($"{effect.Name}: {line}{together}");
        var result = await act();
        // Without a task there is none to prove anything about.
        if (tickets.Count > 0)
            faults.After(effect);
        return result;
    }

    public Task Do(Effect effect, string line, Action act) =>
        Do(
            effect,
            line,
            () =>
            {
                act();
                return Task.FromResult(true);
            }
        );
}
