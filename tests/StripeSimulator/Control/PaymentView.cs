using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Control;

/// <summary>A payment with what tests ask of its latest charge.</summary>
internal sealed record PaymentView(string Id, long Amount, string Currency, string Status, bool Livemode, long Created)
{
    public long AmountReceived { get; init; }
    public string? ChargeId { get; init; }
    public long AmountRefunded { get; init; }
    public bool Disputed { get; init; }
    public string? PaymentMethod { get; init; }
    public string? Customer { get; init; }
    public string? DeclineCode { get; init; }
    public string? ReceiptEmail { get; init; }
    public string? BillingEmail { get; init; }
    public string? Invoice { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public static PaymentView Of(StripeState state, SimulatedPayment payment)
    {
        var charge = payment.LatestCharge is { } id ? state.Find<SimulatedCharge>(id) : null;
        return new PaymentView(payment.Id, payment.Amount, payment.Currency, payment.Status, payment.Livemode, payment.Created)
        {
            AmountReceived = payment.AmountReceived,
            ChargeId = charge?.Id,
            AmountRefunded = charge?.AmountRefunded ?? 0,
            Disputed = charge?.Disputed ?? false,
            PaymentMethod = payment.PaymentMethod,
            Customer = payment.Customer,
            DeclineCode = payment.Failure?.DeclineCode,
            ReceiptEmail = payment.ReceiptEmail,
            BillingEmail = charge?.Billing.Email,
            Invoice = payment.Invoice,
            Metadata = payment.Metadata,
        };
    }
}
