using System.Text.Json;
using MPanel.Database.Payments;

namespace MPanel.Jobs.Payments;

/// <summary>
/// Reads what an event is about, and nothing else: what is so is asked for. So an event of another version of the API, whose object has other
/// fields, serves as well.
/// </summary>
public static class StripeEventReading
{
    /// <summary>Types that may change what the books say of a payment.</summary>
    public static readonly IReadOnlyList<string> Used =
    [
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.refunded",
        "charge.refund.updated",
        "charge.updated",
        "radar.early_fraud_warning.created",
        "radar.early_fraud_warning.updated",
        "refund.created",
        "refund.failed",
        "refund.updated",
    ];

    /// <summary>What is to be asked for because of an event.</summary>
    public static PaymentParts Parts(string type) =>
        type switch
        {
            "charge.updated" => PaymentParts.Facts,
            _ when !Used.Contains(type) => PaymentParts.None,
            _ when type.StartsWith("charge.dispute.", StringComparison.Ordinal) => PaymentParts.Disputes,
            _ when type.StartsWith("radar.", StringComparison.Ordinal) => PaymentParts.Warnings,
            _ => PaymentParts.Refunds,
        };

    private const int LongestId = 255;

    /// <summary>Null for what is no event: no JSON, an event of Stripe's second interface, or one without what every event has.</summary>
    /// <param name="liveMode">The mode of the panel's own key.</param>
    public static StripeEventNotice? Read(string json, bool liveMode)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, liveMode);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StripeEventNotice? Read(JsonElement root, bool liveMode)
    {
        if (
            root.ValueKind != JsonValueKind.Object
            || Text(root, "object") != "event"
            || Text(root, "id") is not { } id
            || Text(root, "type") is not { } type
            || !root.TryGetProperty("livemode", out var mode)
            || mode.ValueKind is not (JsonValueKind.True or JsonValueKind.False)
            || !root.TryGetProperty("created", out var at)
            || at.ValueKind != JsonValueKind.Number
            || !at.TryGetInt64(out var seconds)
            || seconds is < 0 or > 253402300799
            || !root.TryGetProperty("data", out var data)
            || data.ValueKind != JsonValueKind.Object
            || !data.TryGetProperty("object", out var subject)
            || subject.ValueKind != JsonValueKind.Object
        )
            return null;
        var kind = Text(subject, "object") ?? "";
        var payment = kind == "payment_intent" ? Text(subject, "id") : Text(subject, "payment_intent");
        return new StripeEventNotice(
            id,
            type,
            kind,
            Text(subject, "id") ?? "",
            payment,
            mode.GetBoolean(),
            DateTimeOffset.FromUnixTimeSeconds(seconds),
            Ignored(type, payment, mode.GetBoolean(), liveMode)
        );
    }

    /// <summary>Why nothing is to be done about an event; null for what is looked into.</summary>
    /// <param name="mode">Its own.</param>
    /// <param name="liveMode">Of the panel's key.</param>
    public static string? Ignored(string type, string? payment, bool mode, bool liveMode) =>
        mode != liveMode ? $"It is of {(mode ? "live" : "test")} mode, and this panel's key is not."
        : !Used.Contains(type) ? "MPanel doesn't use events of this type."
        : payment is null ? "It is about no payment."
        : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 and <= LongestId } text
        && !text.Any(char.IsControl)
            ? text
            : null;
}
