namespace MPanel.StripeSimulator.Failures;

/// <summary>The failures switched on. The newest that applies is taken, one a call.</summary>
internal sealed class FailureSwitches : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Failure> _on = [];
    private CancellationTokenSource _cleared = new();

    /// <summary>Ends the calls that hang.</summary>
    public CancellationToken Cleared
    {
        get
        {
            lock (_lock)
                return _cleared.Token;
        }
    }

    public IReadOnlyList<Failure> All
    {
        get
        {
            lock (_lock)
                return [.. _on];
        }
    }

    public void Add(Failure failure)
    {
        lock (_lock)
            _on.Add(failure);
    }

    public Failure? Take(HttpRequest request)
    {
        var id = request.RouteValues["id"] as string;
        lock (_lock)
        {
            var index = _on.FindLastIndex(f =>
                (f.PaymentIntent is null || f.PaymentIntent == id)
                && (f.Path is null || f.Path == request.Path)
                && (f.Method is null || f.Method == request.Method)
            );
            if (index < 0)
                return null;
            var failure = _on[index];
            if (failure.Count is { } left)
            {
                if (left > 1)
                    _on[index] = failure with { Count = left - 1 };
                else
                    _on.RemoveAt(index);
            }
            return failure;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _on.Clear();
            _cleared.Cancel();
            _cleared = new CancellationTokenSource();
        }
    }

    public void Dispose() => _cleared.Dispose();
}
