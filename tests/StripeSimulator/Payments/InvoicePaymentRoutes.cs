using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/invoice-payment/list, asked for one PaymentIntent.</summary>
internal static class InvoicePaymentRoutes
{
    public static void MapInvoicePayments(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/invoice_payments", List).Takes("payment", "limit", "invoice", "status");

    private static IResult List(HttpContext context, PaymentStore store)
    {
        var asked = StripeCall.Of(context).Form["payment[payment_intent]"];
        var payment = asked is null ? null : store.Find(asked);
        return StripeJson.Ok(
            new JsonObject
            {
                ["object"] = "list",
                ["url"] = "/v1/invoice_payments",
                ["has_more"] = false,
                ["data"] = payment is { Invoice: { } invoice } ? new JsonArray(Json(payment, invoice)) : new JsonArray(),
            }
        );
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
