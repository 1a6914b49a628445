using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>The answer to <see cref="StripeEvents.Since"/>.</summary>
/// <param name="Bodies">JSON of each, oldest first; those before the failure where there is one.</param>
/// <param name="Failure">Null when Stripe answered; never <see cref="PaymentLookup.Found"/>.</param>
public sealed record EventLookup(IReadOnlyList<string> Bodies, PaymentLookup? Failure);

/// <summary>The events that Stripe keeps.</summary>
public sealed class StripeEvents(StripeClient stripe, StripeAnswers answers)
{
    private const int OnePage = 100;

    /// <summary>So many pages are read at once at most: more are there only after a long silence, and the next round goes on.</summary>
    private const int MostPages = 50;

    /// <summary>Those that may change the books, made at or after a moment of Stripe's clock.</summary>
    public async Task<EventLookup> Since(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var bodies = new List<string>();
        var question = new EventListOptions
        {
            Types = [.. StripeEventReading.Used],
            Created = new DateRangeOptions { GreaterThanOrEqual = since.UtcDateTime },
            Limit = OnePage,
        };
        var more = true;
        for (var page = 0; more && page < MostPages; page++)
        {
            var failure = await answers.Failure(
                async bound =>
                {
                    var read = await stripe.V1.Events.ListAsync(question, null, bound).WaitAsync(bound);
                    bodies.AddRange(read.Data.Select(e => e.RawJsonElement?.GetRawText() ?? ""));
                    more = read.HasMore && read.Data.Count > 0;
                    question.StartingAfter = more ? read.Data[^1].Id : null;
                },
                cancellationToken
            );
            if (failure is not null)
                return new EventLookup(Oldest(bodies), failure);
        }
        return new EventLookup(Oldest(bodies), null);
    }

    /// <summary>Stripe lists the newest first.</summary>
    private static List<string> Oldest(List<string> bodies) => [.. bodies.AsEnumerable().Reverse()];
}
