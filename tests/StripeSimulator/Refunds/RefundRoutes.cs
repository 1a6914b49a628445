using System.Globalization;
using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Refunds;

/// <summary>https://docs.stripe.com/api/refunds</summary>
internal static class RefundRoutes
{
    private static readonly string[] OfCreate =
    [
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
        "reverse_transfer",
    ];

    public static void MapRefunds(this IEndpointRouteBuilder routes)
    {
        routes.Post("/v1/refunds", Create, OfCreate);
        routes.Get("/v1/refunds", List, [.. ListPage.Parameters, "charge", "created", "payment_intent"]);
        routes.Get("/v1/refunds/{id}", Get);
        routes.Post("/v1/refunds/{id}", Update, "metadata");
        routes.Post("/v1/refunds/{id}/cancel", Cancel);
    }

    private static IStripeAnswer Create(StripeCall call)
    {
        var form = call.Form;
        if (RefundRules.OfForm(form) is { } wrong)
            return wrong;
        if (Charge(call, out var missing) is not { } charge)
            return missing!;
        var amount = form["amount"] is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : charge.Amount - charge.AmountRefunded;
        return RefundRules.OfCharge(charge, amount, Disputing.HoldsMoney(call.State, charge)) is { } refusal
            ? refusal
            : StripeJson.Ok(RefundChanges.Make(call.State, charge, amount, form.Over("reason", null), form.Metadata()).ToJson());
    }

    private static SimulatedCharge? Charge(StripeCall call, out StripeError? error)
    {
        if (call.Form["charge"] is { } id)
            return Own.Find<SimulatedCharge>(call, id, "charge", "charge", out error);
        if (
            Own.Find<SimulatedPayment>(call, call.Form["payment_intent"]!, "payment_intent", "payment_intent", out error) is not { } payment
        )
            return null;
        if (payment.LatestCharge is { } latest)
            return call.State.Find<SimulatedCharge>(latest);
        error = StripeError.Invalid($"This PaymentIntent ({payment.Id}) does not have a successful charge to refund.", "payment_intent");
        return null;
    }

    private static IStripeAnswer Get(StripeCall call) =>
        Own.Find<SimulatedRefund>(call, "refund", "id", out var missing) is { } refund ? StripeJson.Ok(refund.ToJson()) : missing!;

    private static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedRefund>()
                .Where(r => Own.Asked(call, "charge", r.Charge) && Own.Asked(call, "payment_intent", r.PaymentIntent)),
            "/v1/refunds",
            r => r.ToJson()
        );

    private static IStripeAnswer Update(StripeCall call)
    {
        if (Own.Find<SimulatedRefund>(call, "refund", "refund", out var missing) is not { } refund)
            return missing!;
        var changed = call.State.Put(refund with { Metadata = call.Form.MetadataOver(refund.Metadata) });
        EventLog.Updated(call.State, "refund.updated", refund, changed);
        return StripeJson.Ok(changed.ToJson());
    }

    private static IStripeAnswer Cancel(StripeCall call)
    {
        if (Own.Find<SimulatedRefund>(call, "refund", "refund", out var missing) is not { } refund)
            return missing!;
        return refund.Status == RefundStatus.RequiresAction
            ? StripeJson.Ok(RefundChanges.Move(call.State, refund, RefundStatus.Canceled).ToJson())
            : StripeError.Invalid($"Refund {refund.Id} cannot be canceled because it has a status of {refund.Status}.", "refund");
    }
}
