using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Orders;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Text;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

/// <param name="Reference">Such as <c>ORD-1042</c>.</param>
/// <param name="StatusUrl">Where to ask how it goes on.</param>
public sealed record OrderAccepted(string Reference, string StatusUrl);

/// <summary>Step 1 of the sacred path, see docs/blueprint.md: the marketing API says that a customer has paid.</summary>
public static class StripeCompleted
{
    public static async Task<Results<Accepted<OrderAccepted>, Ok<OrderAccepted>, ProblemHttpResult>> Handle(
        OrderRequest request,
        HttpContext context,
        OrderIntake intake,
        RefusedOrderActions refused,
        OrderBacklog backlog,
        IOptions<OrderOptions> options,
        PublicSuffixes suffixes
    )
    {
        var (body, faults) = OrderRules.Check(request, options.Value.Currency, suffixes);
        if (body is null)
        {
            await SentOrder.Keep(context, refused, faults);
            return Problems.Invalid(faults);
        }
        // Before the database: refusing must cost next to nothing. A repeat is refused, too, and is answered the next time.
        if (backlog.IsFull)
            return ComeAgain(context);

        var received = await intake.Take(context.Actor(), body, context.RequestAborted);
        var answer = new OrderAccepted(received.Reference, $"/api/public/orders/{received.Reference}");
        switch (received.Result)
        {
            case ReceivedOrder.Outcome.Created:
                backlog.Took();
                return TypedResults.Accepted(answer.StatusUrl, answer);
            case ReceivedOrder.Outcome.Repeated:
                return TypedResults.Ok(answer);
            default:
                return Problems.Of(
                    StatusCodes.Status409Conflict,
                    "order_contradicts",
                    $"This PaymentIntent already belongs to {received.Reference}, which has other contents. Nothing was changed."
                );
        }
    }

    private static ProblemHttpResult ComeAgain(HttpContext context)
    {
        // Not all at the same moment.
        context.Response.Headers.RetryAfter = Random.Shared.Next(5, 16).ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many orders wait. Send it again: nothing was kept.");
    }
}
