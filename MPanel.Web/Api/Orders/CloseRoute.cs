using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Orders;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

/// <param name="Note">What is owed to the customer, and how it is settled.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CloseOrder(string? Note = null);

/// <summary>Nothing further is done for an order that stopped. No money moves.</summary>
public static class CloseRoute
{
    public static async Task<Results<Ok<OrderAccepted>, ProblemHttpResult>> Handle(
        string reference,
        CloseOrder request,
        HttpContext context,
        OrderActions actions
    ) =>
        await (await actions.Close(context.Actor(), reference, request.Note)).ToResult(
            context,
            "order",
            _ => TypedResults.Ok(new OrderAccepted(reference, $"/api/admin/orders/{reference}"))
        );
}
