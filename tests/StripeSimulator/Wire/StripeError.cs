using System.Text.Json.Nodes;

namespace MPanel.StripeSimulator.Wire;

/// <summary>An error as Stripe writes it, https://docs.stripe.com/api/errors.</summary>
internal sealed record StripeError(int Status, string Type, string Message, string? Code = null, string? Param = null) : IStripeAnswer
{
    public string? DeclineCode { get; init; }
    public string? AdviceCode { get; init; }

    /// <summary>The id of the charge that a card error made.</summary>
    public string? Charge { get; init; }

    /// <summary>What a card error is about, as Stripe attaches it.</summary>
    public JsonObject? PaymentIntent { get; init; }
    public JsonObject? SetupIntent { get; init; }
    public JsonObject? PaymentMethod { get; init; }

    /// <summary>Found before the work began: the answer is not kept for the call's idempotency key.</summary>
    public bool BeforeWork { get; init; }

    public static StripeError Unauthorized(string message) => new(401, "invalid_request_error", message);

    /// <summary>What the objects are like doesn't allow it.</summary>
    public static StripeError Invalid(string message, string? param = null, string? code = null) =>
        new(400, "invalid_request_error", message, code, param);

    /// <summary>The parameter is wrong, whatever the objects are like.</summary>
    public static StripeError Parameter(string message, string? param = null, string? code = null) =>
        Invalid(message, param, code) with
        {
            BeforeWork = true,
        };

    public static StripeError Lacks(string param) => Parameter($"Missing required param: {param}.", param, "parameter_missing");

    public static StripeError Missing(string kind, string id, string param) =>
        new(404, "invalid_request_error", $"No such {kind}: '{id}'", "resource_missing", param);

    public static StripeError OtherMode(string kind, string id, string param, bool objectIsLive)
    {
        var (theirs, ours) = objectIsLive ? ("live", "test") : ("test", "live");
        var hint = $"a similar object exists in {theirs} mode, but a {ours} mode key was used to make this request.";
        return new(404, "invalid_request_error", $"No such {kind}: '{id}'; {hint}", "resource_missing", param);
    }

    public JsonObject ToJson()
    {
        var error = new JsonObject { ["type"] = Type, ["message"] = Message };
        if (Code is not null)
        {
            error["code"] = Code;
            error["doc_url"] = $"https://stripe.com/docs/error-codes/{Code.Replace('_', '-')}";
        }
        Add("param", Param);
        Add("decline_code", DeclineCode);
        Add("advice_code", AdviceCode);
        Add("charge", Charge);
        Add("payment_intent", PaymentIntent?.DeepClone());
        Add("setup_intent", SetupIntent?.DeepClone());
        Add("payment_method", PaymentMethod?.DeepClone());
        return new JsonObject { ["error"] = error };

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
                error[name] = value;
        }
    }

    public Task ExecuteAsync(HttpContext httpContext) => StripeJson.Write(httpContext, Status, ToJson().ToJsonString(StripeJson.Options));
}
