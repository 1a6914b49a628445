using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>The events that Stripe keeps.</summary>
public sealed class StripeEvents(StripeClient stripe, StripeAnswers answers)
{
    private const int OnePage = 100;

    /// <summary>Those that may change the books, made at or after a moment of Stripe's clock, page by page, the newest first.</summary>
    /// <param name="keep">Takes the JSON of each.</param>
    /// <returns>Null when all were read; else why not, and never <see cref="PaymentLookup.Found"/>.</returns>
    public async Task<PaymentLookup?> Since(DateTimeOffset since, Func<string, Task> keep, CancellationToken cancellationToken)
    {
        var question = new EventListOptions
        {
            Types = [.. StripeEventReading.Used],
            Created = new DateRangeOptions { GreaterThanOrEqual = since.UtcDateTime },
            Limit = OnePage,
        };
        while (true)
        {
            StripeList<Event>? page = null;
            var failure = await answers.Failure(
                async bound => page = await stripe.V1.Events.ListAsync(question, null, bound).WaitAsync(bound),
                cancellationToken
            );
            if (failure is not null)
                return failure;
            foreach (var read in page!.Data)
                await keep(read.RawJsonElement?.GetRawText() ?? "");
            if (!page.HasMore || page.Data.Count == 0)
                return null;
            question.StartingAfter = page.Data[^1].Id;
        }
    }
}
