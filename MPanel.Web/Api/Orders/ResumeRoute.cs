using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

/// <param name="Accept">What of it is accepted, by the reason it stopped for: see docs/blueprint.md. Null to go on because the cause was mended.</param>
/// <param name="AcceptPrices">True to take the order's prices as they are, although the catalogue says otherwise.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResumeRequest(bool AcceptPrices = false, string? Accept = null);

/// <summary>A person mended the cause, or decided: the chain goes on where it stopped.</summary>
public static class ResumeRoute
{
    public static async Task<Results<Ok<OrderAccepted>, ProblemHttpResult>> Handle(
        string reference,
        ResumeRequest? request,
        HttpContext context,
        OrderActions actions
    ) =>
        await (
            request is { Accept: not null, AcceptPrices: true }
                ? new Outcome<Unit>.Refused(Refusal.Invalid("accept", "two_decisions", "Accept one thing at a time: the prices, or this."))
            : request?.Accept is { } decision ? await actions.Accept(context.Actor(), reference, decision)
            : await actions.Resume(context.Actor(), reference, request?.AcceptPrices ?? false)
        ).ToResult(context, "order", _ => TypedResults.Ok(new OrderAccepted(reference, $"/api/admin/orders/{reference}")));
}
