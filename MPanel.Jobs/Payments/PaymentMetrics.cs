using System.Diagnostics.Metrics;

namespace MPanel.Jobs.Payments;

/// <summary>Meter <c>MPanel.Payments</c>: how long lookups take, retries included, by outcome.</summary>
public sealed class PaymentMetrics
{
    public const string MeterName = "MPanel.Payments";

    private readonly Histogram<double> _lookups;

    public PaymentMetrics(IMeterFactory meters) =>
        _lookups = meters
            .Create(MeterName)
            .CreateHistogram<double>("mpanel.payments.lookup.duration", "s", "Looking a payment up at the provider, retries included.");

    /// <param name="outcome"><c>found</c>, <c>not_found</c>, or the code of an <see cref="PaymentLookup.Unavailable"/> or <see cref="PaymentLookup.Refused"/>.</param>
    public void RecordLookup(TimeSpan duration, string outcome) =>
        _lookups.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
}
