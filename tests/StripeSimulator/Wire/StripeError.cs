using System.Text.Json.Nodes;

namespace MPanel.StripeSimulator.Wire;

/// <summary>An error as Stripe writes it, https://docs.stripe.com/api/errors.</summary>
internal sealed record StripeError(int Status, string Type, string Message, string? Code = null, string? Param = null) : IResult
{
    public string? DeclineCode { get; init; }

    /// <summary>The payment a card error is about, as Stripe attaches it.</summary>
    public JsonObject? PaymentIntent { get; init; }

    public static StripeError Unauthorized(string message) => new(401, "invalid_request_error", message);

    public static StripeError Invalid(string message, string? param = null, string? code = null) =>
        new(400, "invalid_request_error", message, code, param);

    public static StripeError Missing(string kind, string id, string param) =>
        new(404, "invalid_request_error", $"No such {kind}: '{id}'", "resource_missing", param);

    public static StripeError OtherMode(string kind, string id, string param, bool objectIsLive)
    {
        var (theirs, ours) = objectIsLive ? ("live", "test") : ("test", "live");
        var hint = $"a similar object exists in {theirs} mode, but a {ours} mode key was used to make this request.";
        return new(404, "invalid_request_error", $"No such {kind}: '{id}'; {hint}", "resource_missing", param);
    }

    public static StripeError Declined(string declineCode, string message) =>
        new(402, "card_error", message, declineCode is "expired_card" ? "expired_card" : "card_declined") { DeclineCode = declineCode };

    public JsonObject ToJson()
    {
        var error = new JsonObject { ["type"] = Type, ["message"] = Message };
        if (Code is not null)
        {
            error["code"] = Code;
            error["doc_url"] = $"https://stripe.com/docs/error-codes/{Code.Replace('_', '-')}";
        }
        if (Param is not null)
            error["param"] = Param;
        if (DeclineCode is not null)
            error["decline_code"] = DeclineCode;
        if (PaymentIntent is not null)
            error["payment_intent"] = PaymentIntent;
        return new JsonObject { ["error"] = error };
    }

    public Task ExecuteAsync(HttpContext httpContext) => StripeJson.Write(httpContext, Status, ToJson());
}
