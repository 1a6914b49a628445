using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Checkout;

/// <summary>https://docs.stripe.com/api/checkout/sessions/object</summary>
internal static class SessionJson
{
    public static JsonObject ToJson(this SimulatedSession session)
    {
        var pays = session.Mode == SimulatedSession.Payment;
        return new JsonObject
        {
            ["id"] = session.Id,
            ["object"] = "checkout.session",
            ["allowed_payment_method_types"] = session.AllowedPaymentMethodTypes is { } allowed ? StripeJson.OfTexts(allowed) : null,
            ["amount_subtotal"] = pays ? session.Total : null,
            ["amount_total"] = pays ? session.Total : null,
            ["cancel_url"] = session.CancelUrl,
            ["client_reference_id"] = session.ClientReferenceId,
            ["created"] = session.Created,
            ["currency"] = session.Currency,
            ["customer"] = session.Customer,
            ["customer_creation"] =
                !pays ? null
                : session.MakesCustomer ? "always"
                : "if_required",
            ["customer_details"] = session.Email is null ? null : new JsonObject { ["email"] = session.Email, ["tax_exempt"] = "none" },
            ["customer_email"] = session.Email,
            ["expires_at"] = session.ExpiresAt,
            ["livemode"] = session.Livemode,
            ["metadata"] = StripeJson.OfTexts(session.Metadata),
            ["mode"] = session.Mode,
            ["payment_intent"] = session.Status == "complete" ? session.PaymentIntent : null,
            ["payment_method_types"] = new JsonArray("card"),
            ["payment_status"] = session.PaymentStatus,
            ["setup_intent"] = session.SetupIntent,
            ["status"] = session.Status,
            ["success_url"] = session.SuccessUrl,
            ["ui_mode"] = "hosted",
            ["url"] = session.IsOpen ? session.Url : null,
        };
    }

    public static JsonObject ToJson(this LineItem item, SimulatedSession session, int index) =>
        new()
        {
            ["id"] = $"li_{index}_{session.Id}",
            ["object"] = "item",
            ["amount_discount"] = 0L,
            ["amount_subtotal"] = item.Quantity * item.UnitAmount,
            ["amount_tax"] = 0L,
            ["amount_total"] = item.Quantity * item.UnitAmount,
            ["currency"] = session.Currency,
            ["description"] = item.Name,
            ["quantity"] = item.Quantity,
        };
}
