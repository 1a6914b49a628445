using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/invoice-payment/list, asked for one PaymentIntent.</summary>
internal static class InvoicePaymentRoutes
{
    public static void MapInvoicePayments(this IEndpointRouteBuilder routes) =>
        routes.Get("/v1/invoice_payments", List, "payment", "limit", "invoice", "status");

    private static IStripeAnswer List(StripeCall call)
    {
        var asked = call.Form["payment[payment_intent]"];
        var payment = asked is null ? null : call.State.Find<SimulatedPayment>(asked);
        return StripeJson.Ok(ListPage.Json("/v1/invoice_payments", payment is { Invoice: { } invoice } ? [Json(payment, invoice)] : []));
    }

    private static JsonObject Json(SimulatedPayment payment, string invoice) =>
        new()
        {
            ["id"] = $"inpay_{payment.Id[3..]}",
            ["object"] = "invoice_payment",
            ["amount_paid"] = payment.AmountReceived,
            ["amount_requested"] = payment.Amount,
            ["created"] = payment.Created,
            ["currency"] = payment.Currency,
            ["invoice"] = invoice,
            ["is_default"] = true,
            ["livemode"] = payment.Livemode,
            ["payment"] = new JsonObject { ["type"] = "payment_intent", ["payment_intent"] = payment.Id },
            ["status"] = "paid",
        };
}
