using System.Text.Json;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>All payments and refunds. With a file: written whole at every change, aside and renamed, so that a kill leaves the old or the new.</summary>
public sealed class PaymentStore
{
    private readonly Lock _lock = new();
    private readonly string? _file;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, SimulatedPayment> _payments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _paymentByCharge = new(StringComparer.Ordinal);
    private readonly List<SimulatedRefund> _refunds = [];

    public PaymentStore(string? file, TimeProvider time)
    {
        (_file, _time) = (file, time);
        if (file is null || !File.Exists(file))
            return;
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(File.ReadAllText(file), StripeJson.Options);
            foreach (var payment in kept?.Payments ?? [])
                Index(payment);
            _refunds.AddRange(kept?.Refunds ?? []);
        }
        catch (JsonException e)
        {
            throw new IOException($"The state file {file} can't be read ({e.Message}). Move it away to start with no payments.", e);
        }
    }

    public long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    public SimulatedPayment? Find(string id)
    {
        lock (_lock)
            return _payments.GetValueOrDefault(id);
    }

    public SimulatedPayment? FindByCharge(string chargeId)
    {
        lock (_lock)
            return _paymentByCharge.TryGetValue(chargeId, out var id) ? _payments[id] : null;
    }

    public IReadOnlyList<SimulatedPayment> All
    {
        get
        {
            lock (_lock)
                return [.. _payments.Values];
        }
    }

    public SimulatedPayment Put(SimulatedPayment payment)
    {
        lock (_lock)
        {
            Index(payment);
            Save();
        }
        return payment;
    }

    /// <summary>Changes a payment, or returns why not, with nothing in between.</summary>
    internal (SimulatedPayment? Payment, StripeError? Error) Change(
        string id,
        Func<SimulatedPayment, (SimulatedPayment Payment, StripeError? Error)> change
    )
    {
        lock (_lock)
        {
            if (!_payments.TryGetValue(id, out var payment))
                return (null, StripeError.Missing("payment_intent", id, "intent"));
            var (changed, error) = change(payment);
            if (!Equals(changed, payment))
            {
                Index(changed);
                Save();
            }
            return error is null ? (changed, null) : (null, error);
        }
    }

    public void Add(SimulatedRefund refund)
    {
        lock (_lock)
        {
            _refunds.Add(refund);
            Save();
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _payments.Clear();
            _paymentByCharge.Clear();
            _refunds.Clear();
            Save();
        }
    }

    private void Index(SimulatedPayment payment)
    {
        _payments[payment.Id] = payment;
        if (payment.ChargeId is not null)
            _paymentByCharge[payment.ChargeId] = payment.Id;
    }

    private void Save()
    {
        if (_file is null)
            return;
        var aside = _file + ".new";
        File.WriteAllText(aside, JsonSerializer.Serialize(new Kept([.. _payments.Values], [.. _refunds]), StripeJson.Options));
        File.Move(aside, _file, overwrite: true);
    }

    private sealed record Kept(SimulatedPayment[] Payments, SimulatedRefund[] Refunds);
}
