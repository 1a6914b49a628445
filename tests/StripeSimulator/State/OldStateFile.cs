using System.Text.Json;
using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.State;

/// <summary>The state file of earlier versions: one document, in which a payment was its own charge.</summary>
internal static class OldStateFile
{
    public static IEnumerable<Change> Read(string text)
    {
        var old = JsonSerializer.Deserialize<Old>(text, StripeJson.Options);
        return [.. (old?.Payments ?? []).SelectMany(Changes)];
    }

    private static IEnumerable<Change> Changes(OldPayment old)
    {
        if (old.ChargeId is not null)
            yield return Kept(
                new SimulatedCharge(old.ChargeId, old.Id, old.Amount, old.Currency, ChargeStatus(old), old.Livemode, old.Created)
                {
                    AmountRefunded = old.AmountRefunded,
                    Disputed = old.Disputed,
                    Metadata = old.Metadata,
                    ReceiptEmail = old.ReceiptEmail,
                    Billing = new BillingDetails(old.BillingEmail),
                }
            );
        yield return Kept(
            new SimulatedPayment(old.Id, old.Amount, old.Currency, old.Status, old.Livemode, old.Created)
            {
                AmountReceived = old.AmountReceived,
                LatestCharge = old.ChargeId,
                ReceiptEmail = old.ReceiptEmail,
                Invoice = old.Invoice,
                Metadata = old.Metadata,
            }
        );
    }

    private static string ChargeStatus(OldPayment old) =>
        old.Status switch
        {
            "succeeded" => "succeeded",
            "processing" => "pending",
            _ => "failed",
        };

    private static Change Kept<T>(T kept)
        where T : IKept => new(typeof(T), kept.Id, null, kept);

    private sealed record Old(OldPayment[] Payments);

    private sealed record OldPayment(string Id, long Amount, string Currency, string Status, bool Livemode, long Created)
    {
        public long AmountReceived { get; init; }
        public string? ChargeId { get; init; }
        public long AmountRefunded { get; init; }
        public bool Disputed { get; init; }
        public string? ReceiptEmail { get; init; }
        public string? BillingEmail { get; init; }
        public string? Invoice { get; init; }
        public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
    }
}
