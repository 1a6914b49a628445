namespace MPanel.Faults.Orders;

/// <summary>An order as the marketing API knows it: what was sent, and what came back.</summary>
public sealed class PlacedOrder(PlannedOrder plan)
{
    private readonly Lock _lock = new();
    private readonly List<string> _surprises = [];
    private string? _reference;

    public PlannedOrder Plan => plan;

    /// <summary>Of the first 2xx; null while there was none.</summary>
    public string? Reference
    {
        get
        {
            lock (_lock)
                return _reference;
        }
    }

    /// <summary>Answered with a 4xx for good.</summary>
    public int? RefusedWith { get; private set; }

    /// <summary>Nothing more is sent.</summary>
    public bool Settled { get; set; }

    /// <summary>What contradicts the contract.</summary>
    public IReadOnlyList<string> Surprises
    {
        get
        {
            lock (_lock)
                return [.. _surprises];
        }
    }

    public void Acknowledged(string reference)
    {
        lock (_lock)
        {
            if (_reference is not null && _reference != reference)
                _surprises.Add($"{plan.PaymentIntent} was {_reference} and then {reference}");
            _reference ??= reference;
        }
    }

    public void Refused(int status) => RefusedWith = status;

    public void Surprised(string what)
    {
        lock (_lock)
            _surprises.Add($"{plan.PaymentIntent}: {what}");
    }
}
