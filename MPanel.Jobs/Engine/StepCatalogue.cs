using MPanel.Database.Jobs;

namespace MPanel.Jobs.Engine;

/// <summary>The kinds of steps and chains this build knows.</summary>
public sealed class StepCatalogue
{
    private readonly Dictionary<string, IStep> _steps;
    private readonly Dictionary<string, IChain> _chains;

    /// <exception cref="InvalidOperationException">Two of one kind, or a chain that names a step which isn't there or names it twice.</exception>
    public StepCatalogue(IEnumerable<IStep> steps, IEnumerable<IChain> chains)
    {
        _steps = Index(steps, s => s.Kind, "steps");
        _chains = Index(chains, c => c.Kind, "chains");
        foreach (var chain in _chains.Values)
        {
            if (chain.Steps.FirstOrDefault(s => !_steps.ContainsKey(s)) is { } missing)
                throw new InvalidOperationException($"Chain {chain.Kind} names the step {missing}, which isn't registered.");
            if (chain.Steps.Count == 0 || chain.Steps.Distinct().Count() != chain.Steps.Count)
                throw new InvalidOperationException($"Chain {chain.Kind} must name at least one step, and each once.");
        }
    }

    /// <summary>Null for a kind of another build: a process that is older or newer than the one that added the work.</summary>
    public IChain? Chain(string kind) => _chains.GetValueOrDefault(kind);

    public IStep Step(string kind) => _steps[kind];

    /// <summary>Kind of the step at a position, from 0; the last one's where the work is done. The work's own kind where that is unknown.</summary>
    public string StepAt(string chain, int position) =>
        Chain(chain) is { } known ? known.Steps[Math.Min(position, known.Steps.Count - 1)] : chain;

    /// <summary>For each kind of work the titles of its steps, in order.</summary>
    public IReadOnlyDictionary<string, string[]> Titles =>
        _chains.ToDictionary(c => c.Key, c => c.Value.Steps.Select(s => _steps[s].Title).ToArray());

    /// <summary>The queue of each kind of work that is not in the common one.</summary>
    public IReadOnlyDictionary<string, string> Lanes =>
        _chains.Values.Where(c => c.Queue != JobFace.Queue).ToDictionary(c => c.Kind, c => c.Queue);

    private static Dictionary<string, T> Index<T>(IEnumerable<T> items, Func<T, string> kind, string what)
    {
        var byKind = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (!byKind.TryAdd(kind(item), item))
                throw new InvalidOperationException($"Two {what} of the kind {kind(item)} are registered.");
        }
        return byKind;
    }
}
