using System.Globalization;
using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>https://docs.stripe.com/api/payment_intents</summary>
internal static class PaymentIntentRoutes
{
    private static readonly string[] OfCreate =
    [
        "amount",
        "application_fee_amount",
        "automatic_payment_methods",
        "confirm",
        "confirmation_method",
        "currency",
        "customer",
        "customer_account",
        "description",
        "mandate_data",
        "metadata",
        "on_behalf_of",
        "payment_method_configuration",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    ];

    private static readonly string[] OfBoth =
    [
        "allowed_payment_method_types",
        "amount_details",
        "capture_method",
        "confirmation_token",
        "error_on_requires_action",
        "excluded_payment_method_types",
        "hooks",
        "mandate",
        "off_session",
        "payment_details",
        "payment_method",
        "payment_method_data",
        "payment_method_options",
        "radar_options",
        "receipt_email",
        "return_url",
        "setup_future_usage",
        "shipping",
        "use_stripe_sdk",
    ];

    public static void MapPaymentIntents(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/payment_intents", Create).Takes([.. OfCreate, .. OfBoth]);
        routes.MapPost("/v1/payment_intents/{id}", Update).Takes("description", "metadata", "receipt_email");
        routes.MapGet("/v1/payment_intents/{id}", Get).Takes("client_secret");
        routes.MapPost("/v1/payment_intents/{id}/confirm", Confirm).Takes(["amount_to_confirm", .. OfBoth]);
        routes.MapPost("/v1/payment_intents/{id}/cancel", Cancel).Takes("cancellation_reason");
    }

    private static IResult Create(HttpContext context, PaymentStore store)
    {
        var form = StripeCall.Of(context).Form;
        if (form["amount"] is not { } text)
            return StripeError.Invalid("Missing required param: amount.", "amount", "parameter_missing");
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
            return StripeError.Invalid($"Invalid integer: {text}", "amount", "parameter_invalid_integer");
        if (amount is < 1 or > 99_999_999)
            return StripeError.Invalid(
                "Amount must be between 1 and 99999999.",
                "amount",
                amount < 1 ? "parameter_invalid_integer" : "amount_too_large"
            );
        if (form["currency"] is not { } currency)
            return StripeError.Invalid("Missing required param: currency.", "currency", "parameter_missing");
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetter))
            return StripeError.Invalid($"Invalid currency: {currency}.", "currency");

        var method = form["payment_method"];
        var payment = new SimulatedPayment(
            StripeId.New("pi"),
            amount,
            currency.ToLowerInvariant(),
            method is null ? "requires_payment_method" : "requires_confirmation",
            StripeCall.Of(context).LiveMode,
            store.Now
        )
        {
            PaymentMethod = method,
            AllowedPaymentMethodTypes = form.List("allowed_payment_method_types"),
            Description = form["description"],
            ReceiptEmail = form["receipt_email"],
            Metadata = form.Metadata(),
        };
        if (form["confirm"] != "true")
            return Show(context, store.Put(payment));
        var (confirmed, error) = Confirmation.Confirm(payment, method, StripeCall.Of(context).Failure);
        // A declined payment exists afterwards; a call with wrong parameters creates nothing.
        if (error is null or { Type: "card_error" })
            store.Put(confirmed);
        return error is null ? Show(context, confirmed) : error;
    }

    private static IResult Get(HttpContext context, string id, PaymentStore store) =>
        Own(context, id, store) is { } error ? error : Show(context, store.Find(id)!);

    private static IResult Update(HttpContext context, string id, PaymentStore store)
    {
        if (Own(context, id, store) is { } missing)
            return missing;
        var form = StripeCall.Of(context).Form;
        var (payment, error) = store.Change(
            id,
            p =>
                (
                    p with
                    {
                        Description = form["description"] ?? p.Description,
                        ReceiptEmail = form["receipt_email"] ?? p.ReceiptEmail,
                        Metadata = Merged(p.Metadata, form.Metadata()),
                    },
                    null
                )
        );
        return payment is null ? error! : Show(context, payment);
    }

    /// <summary>As Stripe does: a key that is given replaces, an empty value takes it away.</summary>
    private static Dictionary<string, string> Merged(IReadOnlyDictionary<string, string> kept, Dictionary<string, string> given)
    {
        var merged = new Dictionary<string, string>(kept);
        foreach (var (key, value) in given)
            if (value.Length == 0)
                merged.Remove(key);
            else
                merged[key] = value;
        return merged;
    }

    private static IResult Confirm(HttpContext context, string id, PaymentStore store)
    {
        if (Own(context, id, store) is { } missing)
            return missing;
        var form = StripeCall.Of(context).Form;
        var allowed = form.List("allowed_payment_method_types");
        var (payment, error) = store.Change(
            id,
            p =>
            {
                var with = p with { AllowedPaymentMethodTypes = allowed ?? p.AllowedPaymentMethodTypes };
                var (confirmed, refusal) = Confirmation.Confirm(with, form["payment_method"], StripeCall.Of(context).Failure);
                // A decline leaves its mark; a refused call leaves none.
                return (refusal is null or { Type: "card_error" } ? confirmed : p, refusal);
            }
        );
        return payment is null ? error! : Show(context, payment);
    }

    private static IResult Cancel(HttpContext context, string id, PaymentStore store)
    {
        if (Own(context, id, store) is { } missing)
            return missing;
        var reason = StripeCall.Of(context).Form["cancellation_reason"];
        var (payment, error) = store.Change(
            id,
            p =>
                p.Status is "succeeded" or "canceled" or "processing"
                    ? (p, Confirmation.Unexpected(p, "cancel"))
                    : (p with { Status = "canceled", CanceledAt = store.Now, CancellationReason = reason }, null)
        );
        return payment is null ? error! : Show(context, payment);
    }

    private static StripeError? Own(HttpContext context, string id, PaymentStore store)
    {
        var live = StripeCall.Of(context).LiveMode;
        return store.Find(id) switch
        {
            null => StripeError.Missing("payment_intent", id, "intent"),
            { } payment when payment.Livemode != live => StripeError.OtherMode("payment_intent", id, "intent", payment.Livemode),
            _ => null,
        };
    }

    private static IResult Show(HttpContext context, SimulatedPayment payment)
    {
        var json = payment.ToJson(StripeCall.Of(context).Form.Expands("latest_charge"));
        if (StripeCall.Of(context).Failure is { } failure)
            FalsePayment.Apply(json, failure.Kind);
        return StripeJson.Ok(json);
    }
}
