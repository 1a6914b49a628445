using System.Globalization;
using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/refunds</summary>
internal static class RefundRoutes
{
    public static void MapRefunds(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/v1/refunds", Create)
            .Takes(
                "amount",
                "charge",
                "currency",
                "customer",
                "instructions_email",
                "metadata",
                "origin",
                "payment_intent",
                "reason",
                "refund_application_fee",
                "reverse_transfer"
            );

    private static IResult Create(HttpContext context, PaymentStore store)
    {
        var form = StripeCall.Of(context).Form;
        var (intent, charge) = (form["payment_intent"], form["charge"]);
        if (intent is null && charge is null)
            return StripeError.Invalid(
                "One of the following params should be provided for this request: payment_intent or charge.",
                code: "parameter_missing"
            );
        var payment = intent is not null ? store.Find(intent) : store.FindByCharge(charge!);
        if (payment is null || payment.Livemode != StripeCall.Of(context).LiveMode)
            return intent is not null
                ? StripeError.Missing("payment_intent", intent, "payment_intent")
                : StripeError.Missing("charge", charge!, "charge");
        long? asked = null;
        if (form["amount"] is { } text)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount == 0)
                return StripeError.Invalid($"Invalid integer: {text}", "amount", "parameter_invalid_integer");
            asked = amount;
        }

        var refunded = 0L;
        var (changed, error) = store.Change(
            payment.Id,
            p =>
            {
                refunded = asked ?? p.AmountReceived - p.AmountRefunded;
                return Refusal(p, refunded) is { } refusal ? (p, refusal) : (p with { AmountRefunded = p.AmountRefunded + refunded }, null);
            }
        );
        if (changed is null)
            return error!;
        var refund = new SimulatedRefund(
            StripeId.New("re"),
            changed.ChargeId!,
            changed.Id,
            refunded,
            changed.Currency,
            form["reason"],
            store.Now
        );
        store.Add(refund);
        return StripeJson.Ok(ToJson(refund));
    }

    private static StripeError? Refusal(SimulatedPayment payment, long amount)
    {
        if (payment.Status != "succeeded")
            return StripeError.Invalid($"This PaymentIntent ({payment.Id}) does not have a successful charge to refund.", "payment_intent");
        if (payment.AmountRefunded == payment.AmountReceived)
            return StripeError.Invalid($"Charge {payment.ChargeId} has already been refunded.", code: "charge_already_refunded");
        return amount > payment.AmountReceived - payment.AmountRefunded
            ? StripeError.Invalid("Refund amount is greater than unrefunded amount on charge.", "amount")
            : null;
    }

    private static JsonObject ToJson(SimulatedRefund refund) =>
        new()
        {
            ["id"] = refund.Id,
            ["object"] = "refund",
            ["amount"] = refund.Amount,
            ["charge"] = refund.ChargeId,
            ["created"] = refund.Created,
            ["currency"] = refund.Currency,
            ["metadata"] = new JsonObject(),
            ["payment_intent"] = refund.PaymentIntent,
            ["reason"] = refund.Reason,
            ["status"] = "succeeded",
        };
}
