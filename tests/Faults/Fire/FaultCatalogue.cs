using MPanel.Faults.World;

namespace MPanel.Faults.Fire;

/// <summary>Every fault the harness knows, drawn so that each comes as often as the others.</summary>
public sealed class FaultCatalogue
{
    private readonly FaultWorld _world;
    private readonly Random _random;
    private readonly IReadOnlyDictionary<string, Func<Fault>> _makers;
    private readonly Queue<string> _bag = new();

    public FaultCatalogue(FaultWorld world, SiteWatch sites, int seed, IReadOnlyList<string> only)
    {
        (_world, _random) = (world, new Random(seed));
        var panel = new PanelFaults(world, _random);
        var node = new NodeFaults(world, sites, _random);
        var all = panel
            .Makers.Concat(node.Makers)
            .Concat(new StripeFaults(world, _random).Makers)
            .Append(new("power-cut", PowerCut))
            .ToDictionary();
        if (only.Except(all.Keys).FirstOrDefault() is { } unknown)
            throw new FaultOptionsException($"There is no fault {unknown}: there are {string.Join(", ", all.Keys.Order())}.");
        _makers = only.Count == 0 ? all : all.Where(m => only.Contains(m.Key)).ToDictionary();
        if (_makers.Count == 0)
            throw new FaultOptionsException("None of these faults can be made on this machine.");
    }

    public IEnumerable<string> Names => _makers.Keys.Order();

    public Fault Next()
    {
        if (_bag.Count == 0)
        {
            var names = _makers.Keys.Order().ToArray();
            _random.Shuffle(names);
            foreach (var name in names)
                _bag.Enqueue(name);
        }
        return _makers[_bag.Dequeue()]();
    }

    /// <summary>All of it at once, the database included; what nginx serves stays.</summary>
    private Fault PowerCut() =>
        new(
            "power-cut",
            "everything",
            TimeSpan.FromSeconds(_random.Next(1, 4)),
            async () =>
            {
                foreach (var member in _world.Webs.Concat(_world.Jobs).Append(_world.Stripe))
                    member.Kill();
                await Task.WhenAll(_world.Nodes.Select(n => n.Kill()));
                await _world.Postgres.Kill();
            },
            _world.Postgres.Restart,
            async () =>
            {
                foreach (var member in _world.Webs.Concat(_world.Jobs))
                {
                    if (!await _world.AskReady(member))
                        return false;
                }
                return true;
            }
        );
}
