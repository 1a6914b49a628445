using System.Text.Json.Nodes;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Methods;

/// <param name="Token">Which test payment method it was made from.</param>
internal sealed record SimulatedPaymentMethod(string Id, string Token, bool Livemode, long Created) : IStripeObject
{
    public string? Customer { get; init; }

    /// <summary>Used without a customer, or detached from one: good for nothing more.</summary>
    public bool Spent { get; init; }

    /// <summary>For payments without the customer.</summary>
    public bool SetUp { get; init; }
    public BillingDetails Billing { get; init; } = new();
    public int ExpMonth { get; init; } = 12;
    public int ExpYear { get; init; } = 2034;
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public TestMethod Test => TestMethods.Find(Token) ?? TestMethods.Visa;
}

/// <summary>https://docs.stripe.com/api/payment_methods/object</summary>
internal static class PaymentMethodJson
{
    public static JsonObject ToJson(this SimulatedPaymentMethod method)
    {
        var test = method.Test;
        var json = new JsonObject
        {
            ["id"] = method.Id,
            ["object"] = "payment_method",
            ["allow_redisplay"] = "unspecified",
            ["billing_details"] = method.Billing.ToJson(),
            ["created"] = method.Created,
            ["customer"] = method.Customer,
            ["livemode"] = method.Livemode,
            ["metadata"] = StripeJson.OfTexts(method.Metadata),
            ["type"] = test.Type,
        };
        json[test.Type] = test.Type == "card" ? Card(method) : Debit(test);
        return json;
    }

    private static JsonObject Card(SimulatedPaymentMethod method)
    {
        var card = CardFace(method);
        card["display_brand"] = method.Test.Brand;
        card["generated_from"] = null;
        card["networks"] = new JsonObject { ["available"] = new JsonArray(method.Test.Brand), ["preferred"] = null };
        card["three_d_secure_usage"] = new JsonObject { ["supported"] = true };
        return card;
    }

    /// <summary>What a charge says of it as well.</summary>
    public static JsonObject CardFace(SimulatedPaymentMethod method) =>
        new()
        {
            ["brand"] = method.Test.Brand,
            ["checks"] = new JsonObject
            {
                ["address_line1_check"] = null,
                ["address_postal_code_check"] = null,
                ["cvc_check"] = method.Test.DeclineCode == "incorrect_cvc" ? "fail" : "pass",
            },
            ["country"] = method.Test.Country,
            ["exp_month"] = method.ExpMonth,
            ["exp_year"] = method.ExpYear,
            ["fingerprint"] = method.Test.Fingerprint,
            ["funding"] = method.Token.EndsWith("debit", StringComparison.Ordinal) ? "debit" : "credit",
            ["last4"] = method.Test.Last4,
            ["wallet"] = null,
        };

    public static JsonObject Debit(TestMethod test) =>
        new()
        {
            ["bank_code"] = "37040044",
            ["branch_code"] = "",
            ["country"] = test.Country,
            ["fingerprint"] = test.Fingerprint,
            ["last4"] = test.Last4,
        };
}
