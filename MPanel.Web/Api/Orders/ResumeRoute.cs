using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MPanel.Web.Api.Orders;

/// <param name="AcceptPrices">True to take the order's prices as they are, although the catalogue says otherwise.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResumeRequest(bool AcceptPrices = false);

/// <summary>A person mended the cause, or decided: the chain goes on where it stopped.</summary>
public static class ResumeRoute
{
    public static async Task<Results<Ok<OrderAccepted>, ProblemHttpResult>> Handle(
        string reference,
        ResumeRequest? request,
        HttpContext context,
        OrderDecisions decisions
    ) =>
        await decisions.Resume(context, reference, request?.AcceptPrices ?? false) switch
        {
            Decided.Done => TypedResults.Ok(new OrderAccepted(reference, $"/api/admin/orders/{reference}")),
            Decided.NotFound => Problems.NotFound("order"),
            _ => Problems.Of(StatusCodes.Status409Conflict, "not_stopped", $"{reference} is not stopped: there is nothing to resume."),
        };
}
