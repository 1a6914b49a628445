namespace MPanel.StripeSimulator.State;

/// <summary>
/// Everything the simulator knows, under one lock. With a file, each piece of work is one line of a journal: a kill leaves all of it or nothing,
/// the answer kept for its idempotency key included.
/// </summary>
internal sealed class StripeState
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Type, OrderedDictionary<string, IKept>> _tables = Kinds.Types.ToDictionary(
        type => type,
        _ => new OrderedDictionary<string, IKept>(StringComparer.Ordinal)
    );
    private readonly List<Change> _changes = [];
    private readonly Journal? _journal;
    private int _depth;

    public StripeState(string? file, SimulatorClock clock)
    {
        Clock = clock;
        if (file is null)
            return;
        _journal = new Journal(file);
        foreach (var change in _journal.Read())
            Apply(change.Type, change.Id, change.After);
        _journal.Rewrite(_tables.SelectMany(t => t.Value.Values.Select(kept => new Change(t.Key, kept.Id, null, kept))));
        clock.AheadSeconds = Find<ClockSetting>(ClockSetting.OnlyId)?.AheadSeconds ?? 0;
    }

    public SimulatorClock Clock { get; }

    public long Now => Clock.Now;

    /// <summary>Set while a call of the API is worked on.</summary>
    public Cause? Cause { get; private set; }

    /// <summary>Does the whole of it, or nothing when it throws; nobody sees half of it.</summary>
    public T Do<T>(Func<T> work, Cause? cause = null)
    {
        lock (_lock)
        {
            var mark = _changes.Count;
            var outer = Cause;
            Cause = cause ?? outer;
            _depth++;
            try
            {
                var result = work();
                if (_depth == 1)
                    Flush();
                return result;
            }
            catch
            {
                // A file that can't be written to included: what isn't kept did not happen.
                Undo(mark);
                throw;
            }
            finally
            {
                Cause = outer;
                _depth--;
            }
        }
    }

    public void Do(Action work) =>
        Do(() =>
        {
            work();
            return true;
        });

    /// <summary>A point of the work under way to go back to.</summary>
    public int Mark => _changes.Count;

    public void Undo(int mark)
    {
        for (var i = _changes.Count - 1; i >= mark; i--)
            Apply(_changes[i].Type, _changes[i].Id, _changes[i].Before);
        _changes.RemoveRange(mark, _changes.Count - mark);
    }

    public T? Find<T>(string id)
        where T : class, IKept
    {
        lock (_lock)
            return _tables[typeof(T)].GetValueOrDefault(id) as T;
    }

    /// <summary>In the order they came.</summary>
    public IReadOnlyList<T> All<T>()
        where T : class, IKept
    {
        lock (_lock)
            return [.. _tables[typeof(T)].Values.Cast<T>()];
    }

    public int Count<T>()
        where T : class, IKept
    {
        lock (_lock)
            return _tables[typeof(T)].Count;
    }

    public T? Oldest<T>()
        where T : class, IKept
    {
        lock (_lock)
            return _tables[typeof(T)].Count == 0 ? null : (T)_tables[typeof(T)].GetAt(0).Value;
    }

    public T Put<T>(T kept)
        where T : class, IKept
    {
        Set(typeof(T), kept.Id, kept);
        return kept;
    }

    public void Remove<T>(string id)
        where T : class, IKept => Set(typeof(T), id, null);

    public void Clear<T>()
        where T : class, IKept =>
        Do(() =>
        {
            foreach (var kept in All<T>())
                Remove<T>(kept.Id);
        });

    private void Set(Type type, string id, IKept? after) =>
        Do(() =>
        {
            _changes.Add(new Change(type, id, _tables[type].GetValueOrDefault(id), after));
            Apply(type, id, after);
        });

    private void Apply(Type type, string id, IKept? kept)
    {
        if (kept is null)
            _tables[type].Remove(id);
        else
            _tables[type][id] = kept;
    }

    private void Flush()
    {
        if (_changes.Count > 0)
            _journal?.Append(_changes);
        _changes.Clear();
    }
}
