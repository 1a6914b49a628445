using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Refunds;
using MPanel.Jobs.Access;
using MPanel.Jobs.Refunds;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Invoices;

/// <param name="Amount">Major units; null for all that is left.</param>
/// <param name="Reason">1 to 500 characters on one line; the credit note and the order's timeline have it.</param>
/// <param name="Lines">Lines of the invoice, instead of an amount: the credit note has them.</param>
/// <param name="RequestId">Names the request: the same again is the same refund, and answers as it is by then. Null for a new one each time.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RefundRequest(
    string Reason,
    decimal? Amount = null,
    Guid? RequestId = null,
    IReadOnlyList<RefundLineRequest?>? Lines = null
);

/// <param name="Position">Of the line on the invoice.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RefundLineRequest(int Position, int Quantity);

/// <param name="Status">requested, pending, succeeded, failed or cancelled.</param>
public sealed record RefundView(Guid RequestId, decimal Amount, string Currency, string Status, string Reason);

public static class RefundRoute
{
    /// <summary>More than an invoice has: what is beyond it is no line of any.</summary>
    private const int MostLines = 10_000;

    public static void MapRefunds(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/invoices/{id:long}/refund", Handle)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409, 422)
            .WithSummary("Give back what was paid of an invoice, or a part of it");

    private static async Task<Results<Accepted<RefundView>, ProblemHttpResult>> Handle(
        long id,
        RefundRequest request,
        HttpContext context,
        RefundActions actions
    )
    {
        var wish = new RefundWish(request.RequestId ?? Guid.NewGuid(), request.Amount, request.Reason)
        {
            Lines = [.. (request.Lines ?? []).Take(MostLines).Select(l => new LineWish(l?.Position ?? 0, l?.Quantity ?? 0))],
        };
        return await (await actions.Request(context.Actor(), id, wish)).ToResult(
            context,
            "invoice",
            r => TypedResults.Accepted($"/api/admin/invoices/{id}", new RefundView(r.Uid, r.Amount, r.Currency, r.Status, r.Reason))
        );
    }
}
