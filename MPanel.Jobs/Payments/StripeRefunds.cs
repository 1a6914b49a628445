using MPanel.Database.Refunds;
using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>The answer to <see cref="StripeRefunds.Of"/>.</summary>
/// <param name="Refunds">Oldest first; says nothing where there is a failure.</param>
/// <param name="Failure">Null when Stripe answered; never <see cref="PaymentLookup.Found"/>.</param>
public sealed record RefundLookup(IReadOnlyList<ReportedRefund> Refunds, PaymentLookup? Failure);

/// <summary>What became of asking for a refund: it is there, it isn't, or nobody knows.</summary>
/// <param name="Refund">Null where there is none, and where nothing is known.</param>
/// <param name="Failure">Null when Stripe answered; never <see cref="PaymentLookup.Found"/>.</param>
public sealed record RefundMade(ReportedRefund? Refund, PaymentLookup? Failure)
{
    /// <summary>Stripe has none of that name.</summary>
    public static readonly RefundMade Nothing = new(null, null);
}

/// <summary>Refunds at Stripe.</summary>
public sealed class StripeRefunds(StripeClient stripe, StripeAnswers answers)
{
    /// <summary>Key in a refund's metadata: what it is called here.</summary>
    public const string UidKey = "mpanel_refund";

    private const int OnePage = 100;

    /// <summary>All refunds of a payment, as they are now.</summary>
    public async Task<RefundLookup> Of(string paymentIntentId, CancellationToken cancellationToken)
    {
        var found = new List<Refund>();
        var failure = await answers.Failure(bound => Read(paymentIntentId, found, bound), cancellationToken);
        if (failure is not null)
            return new RefundLookup([], failure);
        var reported = new List<ReportedRefund>();
        foreach (var refund in found.OrderBy(r => r.Created).ThenBy(r => r.Id, StringComparer.Ordinal))
        {
            if (Reported(refund) is not { } read)
                return new RefundLookup([], NotUnderstood(refund));
            reported.Add(read);
        }
        return new RefundLookup(reported, null);
    }

    /// <summary>Whether Stripe has it, from a question whose answer was lost.</summary>
    public async Task<RefundMade> Find(RequestedRefund wanted, CancellationToken cancellationToken)
    {
        var lookup = await Of(wanted.PaymentIntentId, cancellationToken);
        return lookup.Failure is { } failure ? new RefundMade(null, failure)
            : lookup.Refunds.FirstOrDefault(r => r.Uid == wanted.Uid) is { } found ? new RefundMade(found, null)
            : RefundMade.Nothing;
    }

    /// <summary>Asks Stripe for it. The same refund again is the same question, and has the same answer.</summary>
    public async Task<RefundMade> Make(RequestedRefund wanted, CancellationToken cancellationToken)
    {
        if (CurrencyExponents.ToMinor(wanted.Amount, wanted.Currency) is not { } amount)
            return new RefundMade(null, new PaymentLookup.Refused("stripe_refused", "The amount has more decimals than its currency."));
        var question = new RefundCreateOptions
        {
            PaymentIntent = wanted.PaymentIntentId,
            Amount = amount,
            Reason = "requested_by_customer",
            Metadata = new Dictionary<string, string> { [UidKey] = wanted.Uid.ToString() },
        };
        var key = new RequestOptions { IdempotencyKey = $"mpanel/refund/{wanted.Uid}" };
        Refund? made = null;
        var failure = await answers.Failure(
            async bound => made = await stripe.V1.Refunds.CreateAsync(question, key, bound).WaitAsync(bound),
            cancellationToken
        );
        return failure is not null ? new RefundMade(null, failure)
            : Reported(made!) is { } reported && reported.Amount == wanted.Amount ? new RefundMade(reported, null)
            : new RefundMade(null, NotUnderstood(made!));
    }

    private async Task Read(string paymentIntentId, List<Refund> found, CancellationToken bound)
    {
        var question = new RefundListOptions { PaymentIntent = paymentIntentId, Limit = OnePage };
        while (true)
        {
            var page = await stripe.V1.Refunds.ListAsync(question, null, bound).WaitAsync(bound);
            found.AddRange(page.Data);
            if (!page.HasMore || page.Data.Count == 0)
                return;
            question.StartingAfter = page.Data[^1].Id;
        }
    }

    /// <summary>Null for what isn't understood entirely: money is not guessed at.</summary>
    private static ReportedRefund? Reported(Refund refund) =>
        refund is { Object: "refund", Id.Length: > 0 }
        && State(refund.Status) is { } state
        && CurrencyExponents.Normalize(refund.Currency) is { } currency
        && CurrencyExponents.FromMinor(refund.Amount, currency) is > 0 and { } amount
            ? new ReportedRefund(
                refund.Id,
                Guid.TryParse(refund.Metadata?.GetValueOrDefault(UidKey), out var uid) ? uid : null,
                amount,
                currency,
                state,
                RefundState.CameToNothing(state) ? StripeText.Clean(refund.FailureReason ?? refund.Status) : null,
                string.IsNullOrWhiteSpace(refund.Reason) ? "Refunded at Stripe" : StripeText.Clean(refund.Reason.Replace('_', ' '))
            )
            : null;

    private static string? State(string? status) =>
        status switch
        {
            "pending" or "requires_action" => RefundState.Pending,
            "succeeded" => RefundState.Succeeded,
            "failed" => RefundState.Failed,
            "canceled" => RefundState.Cancelled,
            _ => null,
        };

    private static PaymentLookup.Refused NotUnderstood(Refund refund) =>
        new(
            "stripe_unexpected_answer",
            StripeText.Clean($"Stripe's refund {refund.Id} is not what version {StripeConfiguration.ApiVersion} promises.")
        );
}
