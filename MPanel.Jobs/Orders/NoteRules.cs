using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MPanel.Database.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Orders;

/// <summary>A note as it is written, by a form or by the API; nothing of it is believed yet.</summary>
/// <param name="RefundReference">Of the refund made at Stripe, such as <c>re_3Q…</c>; left out where the note is about something else.</param>
/// <param name="RefundAmount">Major units, in the order's currency; with a refund reference only.</param>
/// <param name="Key">The caller's own: the same note sent twice with it is one note. Left out, each call is another note.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NoteRequest(string? Text, string? RefundReference = null, decimal? RefundAmount = null, Guid? Key = null);

/// <summary>What a note must be like, whether it comes by a form or by the API.</summary>
public static partial class NoteRules
{
    public const int LongestText = 2000;

    /// <summary>Every wrong field at once; none when the note can be kept.</summary>
    /// <param name="total">What was ordered, major units: more than that can't have been given back.</param>
    public static IReadOnlyList<FieldError> Check(NoteRequest request, decimal total, string currency)
    {
        var (text, refundReference, refundAmount, _) = request;
        var errors = new List<FieldError>();
        if (Text(text) is null)
            errors.Add(new("text", "invalid_text", $"Say something, in at most {LongestText} visible characters."));
        if (refundReference is not null && !Refund().IsMatch(refundReference))
            errors.Add(
                new("refundReference", "invalid_refund_reference", "Stripe's id of the refund, such as re_3Q…: it begins with re_ or pyr_.")
            );
        if (refundAmount is not null && refundReference is null)
            errors.Add(new("refundReference", "missing_refund_reference", "An amount needs the refund that it belongs to."));
        if (refundReference is not null && refundAmount is null)
            errors.Add(new("refundAmount", "missing_refund_amount", "Say how much was given back."));
        else if (refundAmount is { } amount && (amount <= 0 || amount > total || IsFinerThan(amount, currency)))
            errors.Add(
                new(
                    "refundAmount",
                    "invalid_refund_amount",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"More than zero, at most {Money.Plain(total, currency)} {currency}, and no finer than {currency} goes."
                    )
                )
            );
        return errors;
    }

    /// <returns>The note as it is kept; null when it is empty, too long, or has what can't be seen.</returns>
    public static string? Text(string? text) =>
        string.IsNullOrWhiteSpace(text) || text.Length > LongestText || text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
            ? null
            : text.Trim();

    /// <summary>A request that <see cref="Check"/> found nothing wrong with, as it is kept.</summary>
    public static NewOrderNote Note(NoteRequest request, string currency, Actor actor)
    {
        var text = request.Text!.Trim();
        var line = request.RefundReference is null
            ? text
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Refund {request.RefundReference} of {Money.Plain(request.RefundAmount!.Value, currency)} {currency}, made at Stripe: {text}"
            );
        return new NewOrderNote(
            request.Key ?? Guid.NewGuid(),
            text,
            request.RefundReference,
            request.RefundAmount,
            request.RefundReference is null ? null : currency,
            line,
            actor.Name,
            actor.CorrelationId
        );
    }

    private static bool IsFinerThan(decimal amount, string currency) =>
        decimal.Round(amount, CurrencyExponents.Of(currency) ?? 2) != amount;

    [GeneratedRegex(@"^(re|pyr)_[A-Za-z0-9_]{1,250}\z")]
    private static partial Regex Refund();
}
