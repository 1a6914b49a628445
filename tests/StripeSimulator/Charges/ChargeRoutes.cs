using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Charges;

/// <summary>https://docs.stripe.com/api/charges and https://docs.stripe.com/api/balance_transactions</summary>
internal static class ChargeRoutes
{
    public static void MapCharges(this IEndpointRouteBuilder routes)
    {
        routes.Get("/v1/charges", List, [.. ListPage.Parameters, "created", "customer", "payment_intent", "transfer_group"]);
        routes.Get("/v1/charges/{id}", Get);
        routes.Post("/v1/charges/{id}", Update, "customer", "description", "fraud_details", "metadata", "receipt_email", "shipping");
        routes.Get("/v1/balance_transactions", ListMoney, [.. ListPage.Parameters, "created", "currency", "payout", "source", "type"]);
        routes.Get("/v1/balance_transactions/{id}", GetMoney);
    }

    private static IStripeAnswer Get(StripeCall call) =>
        Own.Find<SimulatedCharge>(call, "charge", "id", out var missing) is { } charge ? StripeJson.Ok(charge.ToJson()) : missing!;

    private static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedCharge>()
                .Where(c => Own.Asked(call, "payment_intent", c.PaymentIntent) && Own.Asked(call, "customer", c.Customer)),
            "/v1/charges",
            c => c.ToJson()
        );

    private static IStripeAnswer Update(StripeCall call)
    {
        if (Own.Find<SimulatedCharge>(call, "charge", "charge", out var missing) is not { } charge)
            return missing!;
        var changed = call.State.Put(
            charge with
            {
                Description = call.Form.Over("description", charge.Description),
                ReceiptEmail = call.Form.Over("receipt_email", charge.ReceiptEmail),
                Metadata = call.Form.MetadataOver(charge.Metadata),
            }
        );
        EventLog.Updated(call.State, "charge.updated", charge, changed);
        return StripeJson.Ok(changed.ToJson());
    }

    private static IStripeAnswer GetMoney(StripeCall call) =>
        Own.Find<SimulatedBalanceTransaction>(call, "balance transaction", "id", out var missing) is { } movement
            ? StripeJson.Ok(movement.ToJson())
            : missing!;

    private static IStripeAnswer ListMoney(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedBalanceTransaction>()
                .Where(t =>
                    Own.Asked(call, "source", t.Source) && Own.Asked(call, "type", t.Type) && Own.Asked(call, "currency", t.Currency)
                ),
            "/v1/balance_transactions",
            t => t.ToJson()
        );
}
