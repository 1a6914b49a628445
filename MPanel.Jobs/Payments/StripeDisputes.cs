using MPanel.Database.Disputes;
using MPanel.Database.Payments;
using Stripe;
using Stripe.Radar;

namespace MPanel.Jobs.Payments;

/// <summary>The answer to <see cref="StripeDisputes.Of"/>.</summary>
/// <param name="Disputes">Oldest first; says nothing where there is a failure.</param>
/// <param name="Failure">Null when Stripe answered; never <see cref="PaymentLookup.Found"/>.</param>
public sealed record DisputeLookup(IReadOnlyList<ReportedDispute> Disputes, PaymentLookup? Failure);

/// <summary>The answer to <see cref="StripeDisputes.WarningsOf"/>.</summary>
/// <inheritdoc cref="DisputeLookup"/>
public sealed record WarningLookup(IReadOnlyList<ReportedWarning> Warnings, PaymentLookup? Failure);

/// <summary>What banks say against a payment.</summary>
public sealed class StripeDisputes(StripeClient stripe, StripeAnswers answers)
{
    private const int Most = 100;

    /// <summary>All disputes of a payment, as they are now.</summary>
    public async Task<DisputeLookup> Of(string paymentIntentId, CancellationToken cancellationToken)
    {
        var question = new DisputeListOptions { PaymentIntent = paymentIntentId, Limit = Most };
        IReadOnlyList<Dispute> found = [];
        var failure = await answers.Failure(
            async bound => found = (await stripe.V1.Disputes.ListAsync(question, null, bound).WaitAsync(bound)).Data,
            cancellationToken
        );
        if (failure is not null)
            return new DisputeLookup([], failure);
        var reported = new List<ReportedDispute>();
        foreach (var dispute in found.OrderBy(d => d.Created).ThenBy(d => d.Id, StringComparer.Ordinal))
        {
            if (Reported(dispute) is not { } read)
                return new DisputeLookup([], NotUnderstood("dispute", dispute.Id));
            reported.Add(read);
        }
        return new DisputeLookup(reported, null);
    }

    /// <summary>All early fraud warnings about a payment.</summary>
    public async Task<WarningLookup> WarningsOf(string paymentIntentId, CancellationToken cancellationToken)
    {
        var question = new EarlyFraudWarningListOptions { PaymentIntent = paymentIntentId, Limit = Most };
        IReadOnlyList<EarlyFraudWarning> found = [];
        var failure = await answers.Failure(
            async bound => found = (await stripe.V1.Radar.EarlyFraudWarnings.ListAsync(question, null, bound).WaitAsync(bound)).Data,
            cancellationToken
        );
        if (failure is not null)
            return new WarningLookup([], failure);
        var reported = new List<ReportedWarning>();
        foreach (var warning in found.OrderBy(w => w.Created).ThenBy(w => w.Id, StringComparer.Ordinal))
        {
            if (warning is not { Object: "radar.early_fraud_warning", Id.Length: > 0 } || StripeFacts.Moment(warning.Created) is not { } at)
                return new WarningLookup([], NotUnderstood("early fraud warning", warning.Id));
            reported.Add(new ReportedWarning(warning.Id, Words(warning.FraudType), at));
        }
        return new WarningLookup(reported, null);
    }

    /// <summary>Null for what isn't understood entirely: money is not guessed at.</summary>
    private static ReportedDispute? Reported(Dispute dispute) =>
        dispute is { Object: "dispute", Id.Length: > 0 }
        && State(dispute.Status) is { } state
        && CurrencyExponents.Normalize(dispute.Currency) is { } currency
        && CurrencyExponents.FromMinor(dispute.Amount, currency) is > 0 and { } amount
        && StripeFacts.Moment(dispute.Created) is { } opened
            ? new ReportedDispute(
                dispute.Id,
                amount,
                currency,
                Fee(dispute),
                state,
                dispute.Status,
                Words(dispute.Reason),
                StripeFacts.Moment(dispute.EvidenceDetails?.DueBy),
                opened
            )
            : null;

    /// <summary>Of all its movements. Stripe keeps the fee of a dispute that is won, unless a movement says otherwise.</summary>
    private static PaymentFee? Fee(Dispute dispute) =>
        dispute.BalanceTransactions is { Count: > 0 } movements
            ? StripeFacts.Fee(Math.Max(movements.Sum(m => m.Fee), 0), movements[0].Currency)
            : null;

    private static string? State(string? status) =>
        status switch
        {
            "warning_needs_response" or "warning_under_review" => DisputeState.Inquiry,
            "needs_response" or "appeal_needs_response" => DisputeState.NeedsResponse,
            "under_review" or "appeal_under_review" => DisputeState.UnderReview,
            "won" => DisputeState.Won,
            "lost" => DisputeState.Lost,
            "warning_closed" or "prevented" => DisputeState.Closed,
            _ => null,
        };

    private static string Words(string? word) => string.IsNullOrWhiteSpace(word) ? "not said" : StripeText.Clean(word.Replace('_', ' '));

    private static PaymentLookup.Refused NotUnderstood(string what, string? id) =>
        new(
            "stripe_unexpected_answer",
            StripeText.Clean($"Stripe's {what} {id} is not what version {StripeConfiguration.ApiVersion} promises.")
        );
}
