using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Refunds;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Control;

/// <summary>A payment made elsewhere, such as in a shop: it is as it is said to be. A second time changes it.</summary>
internal static class PutPayment
{
    public static SimulatedPayment Run(StripeState state, string id, GivenPayment given)
    {
        var existed = state.Find<SimulatedPayment>(id);
        var status = given.Status ?? "succeeded";
        var payment = Payment(state, id, given, existed);
        if (status is "succeeded" or "processing")
        {
            var charge = Charge(state, payment, given);
            payment = payment with { LatestCharge = charge.Id, PaymentMethod = charge.PaymentMethod };
            state.Put(payment);
            Refund(state, charge, given.AmountRefunded);
            if (given.Disputed && !charge.Disputed)
                Disputing.Open(state, state.Find<SimulatedCharge>(charge.Id)!, DisputeStatus.NeedsResponse, "fraudulent");
        }
        else
        {
            state.Put(payment);
        }
        if (existed?.Status != status)
            Tell(state, payment);
        return payment;
    }

    private static SimulatedPayment Payment(StripeState state, string id, GivenPayment given, SimulatedPayment? existed) =>
        new(
            id,
            given.Amount,
            given.Currency.ToLowerInvariant(),
            given.Status ?? "succeeded",
            given.Livemode,
            given.Created ?? existed?.Created ?? state.Now
        )
        {
            AmountReceived = given.Status is null or "succeeded" ? given.AmountReceived ?? given.Amount : 0,
            LatestCharge = existed?.LatestCharge,
            PaymentMethod = existed?.PaymentMethod,
            Customer = given.Customer ?? existed?.Customer,
            Metadata = given.Metadata ?? existed?.Metadata ?? new Dictionary<string, string>(),
            ReceiptEmail = given.ReceiptEmail ?? existed?.ReceiptEmail,
            Invoice = given.Invoice ?? existed?.Invoice,
        };

    private static SimulatedCharge Charge(StripeState state, SimulatedPayment payment, GivenPayment given)
    {
        var existed = payment.LatestCharge is { } latest ? state.Find<SimulatedCharge>(latest) : null;
        var method = existed?.Method ?? MethodUse.Make(state, given.PaymentMethod ?? TestMethods.Visa.Token, payment.Livemode);
        var billing = existed?.Billing ?? new BillingDetails();
        var charge = (existed ?? Charging.NewCharge(state, payment, method, "succeeded") with { Created = payment.Created }) with
        {
            Amount = payment.Status == "succeeded" ? payment.AmountReceived : payment.Amount,
            Currency = payment.Currency,
            Status = payment.Status == "succeeded" ? "succeeded" : "pending",
            Livemode = payment.Livemode,
            Disputed = given.Disputed && existed?.Disputed == true,
            Billing = billing with
            {
                Email = given.BillingEmail ?? billing.Email,
                Address = given.BillingCountry is { } country ? new StripeAddress(Country: country) : billing.Address,
            },
            ReceiptEmail = payment.ReceiptEmail,
            Metadata = payment.Metadata,
        };
        if (charge.Paid && charge.BalanceTransaction is null)
        {
            var fee = SimulatedBalanceTransaction.FeeOf(charge.Amount);
            charge = charge with
            {
                BalanceTransaction = SimulatedBalanceTransaction.Add(state, charge, "charge", charge.Id, charge.Amount, fee),
            };
        }
        return state.Put(charge);
    }

    // One refund for what is more than before; less than before starts anew.
    private static void Refund(StripeState state, SimulatedCharge charge, long amount)
    {
        if (amount < charge.AmountRefunded)
        {
            foreach (var refund in state.All<SimulatedRefund>().Where(r => r.Charge == charge.Id))
                state.Remove<SimulatedRefund>(refund.Id);
            charge = state.Put(charge with { AmountRefunded = 0 });
        }
        if (amount > charge.AmountRefunded)
            RefundChanges.Make(
                state,
                charge,
                amount - charge.AmountRefunded,
                null,
                new Dictionary<string, string>(),
                RefundStatus.Succeeded
            );
    }

    private static void Tell(StripeState state, SimulatedPayment payment)
    {
        if (payment.Status == "succeeded")
            EventLog.Add(state, "charge.succeeded", state.Find<SimulatedCharge>(payment.LatestCharge!)!);
        if (payment.Status is "succeeded" or "processing" or "canceled" or "requires_action")
            EventLog.Add(state, $"payment_intent.{payment.Status}", payment);
    }
}
