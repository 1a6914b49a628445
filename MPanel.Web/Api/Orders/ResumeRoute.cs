using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Orders;
using MPanel.Web.Platform.Security;

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
        OrderActions actions
    ) =>
        await (await actions.Resume(context.Actor(), reference, request?.AcceptPrices ?? false)).ToResult(
            context,
            "order",
            _ => TypedResults.Ok(new OrderAccepted(reference, $"/api/admin/orders/{reference}"))
        );
}
