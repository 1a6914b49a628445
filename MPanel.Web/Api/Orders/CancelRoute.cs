using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Orders;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

/// <param name="Reason">1 to 500 characters on one line; the credit note and the order's timeline have it.</param>
/// <param name="Refund">False to move no money.</param>
/// <param name="Amount">Major units; null for all that is left.</param>
/// <param name="KeepWebsites">True to let its websites go on, though nobody pays for them.</param>
/// <param name="RequestId">Names the request: the same again does nothing further. Null for a new one each time.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CancelRequest(
    string Reason,
    bool Refund = true,
    decimal? Amount = null,
    bool KeepWebsites = false,
    Guid? RequestId = null
);

/// <param name="Text">What was done, in a sentence for each thing.</param>
public sealed record CancelledView(string Reference, string Text, string StatusUrl);

/// <summary>A person ends an order, and its money goes back.</summary>
public static class CancelRoute
{
    public static async Task<Results<Ok<CancelledView>, ProblemHttpResult>> Handle(
        string reference,
        CancelRequest request,
        HttpContext context,
        OrderCancellation orders
    )
    {
        var wish = new CancelWish(
            request.RequestId ?? Guid.NewGuid(),
            request.Reason,
            request.Refund,
            request.Amount,
            request.KeepWebsites
        );
        return await (await orders.Cancel(context.Actor(), reference, wish)).ToResult(
            context,
            "order",
            done => TypedResults.Ok(new CancelledView(reference, done.Text, $"/api/admin/orders/{reference}"))
        );
    }
}
