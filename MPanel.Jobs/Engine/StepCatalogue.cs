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

    /// <summary>Null for a kind of another build: a process that is older or newer than the one that started the chain.</summary>
    public IStep? Step(string kind) => _steps.GetValueOrDefault(kind);

    /// <summary>Null for a chain that nobody keeps a record of, such as a single job.</summary>
    public IChain? Chain(string kind) => _chains.GetValueOrDefault(kind);

    /// <summary>The kind is a step of some chain, not a job by itself.</summary>
    public bool IsInChain(string kind) => _chains.Values.Any(c => c.Steps.Contains(kind));

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
