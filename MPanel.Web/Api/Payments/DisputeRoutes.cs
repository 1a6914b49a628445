using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Disputes;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Disputes;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Payments;

/// <param name="Status">As the asker saw it: refused where it is another by now.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SeenRequest(string Status);

/// <param name="Status">As it is, and as a person has seen it.</param>
public sealed record SeenView(long Id, string StripeId, string Status);

/// <param name="DismissedBy">Who it was; null while it is open.</param>
public sealed record WarningView(long Id, string StripeId, string? DismissedBy);

/// <summary>What banks say against payments: disputes and early fraud warnings.</summary>
public static class DisputeRoutes
{
    public static readonly PanelList<DisputeRow, DisputeFilter> List = new(
        "disputes",
        new ListDefinition(
            "-opened",
            "Stripe's id, PaymentIntent, order or e-mail address",
            DisputeList.Sorts,
            [ListFilter.OneOf("status", "Status", [.. DisputeState.All]), ListFilter.Number("payment"), ListFilter.Number("customer")]
        ),
        (query, _) => new(query.Q, query.Text("status"), query.Number("payment"), query.Number("customer")),
        DisputeList.Read,
        (db, filter, _) => DisputeList.Count(db, filter),
        new("Dispute", d => d.StripeId),
        new("Status", d => d.Status),
        new("At Stripe", d => d.StripeStatus),
        new("Amount", d => d.Amount),
        new("Currency", d => d.Currency),
        new("In the books", d => d.BookedAmount),
        new("Where the money is", d => d.Booked),
        new("Fee", d => d.Fee),
        new("Fee currency", d => d.FeeCurrency),
        new("Reason", d => d.Reason),
        new("Evidence due", d => d.DueAt),
        new("Customer", d => d.Customer),
        new("Order", d => d.OrderReference),
        new("Opened", d => d.OpenedAt)
    );

    public static void MapDisputes(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/disputes", Page)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Disputes, as Stripe reported them last");
        app.MapPost("/api/admin/disputes/{id:long}/seen", See)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409)
            .WithSummary("A person has seen it as it is: it needs no attention until it changes");
        app.MapPost("/api/admin/fraud-warnings/{id:long}/refund", Refund)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409, 422)
            .WithSummary("Give back all that is left of a payment that a bank warned of");
        app.MapPost("/api/admin/fraud-warnings/{id:long}/dismiss", Dismiss)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404)
            .WithSummary("Nothing is to be done about a warning");
    }

    public static Task<Results<Ok<Page<DisputeView>>, ProblemHttpResult>> Page(
        HttpContext context,
        ListDatabase database,
        StripeDashboard stripe
    ) => List.Answer(context, database, d => DisputeView.Of(d, stripe));

    private static async Task<Results<Ok<SeenView>, ProblemHttpResult>> See(
        long id,
        SeenRequest request,
        HttpContext context,
        DisputeActions actions
    ) =>
        await (await actions.See(context.Actor(), id, request.Status)).ToResult(
            context,
            "dispute",
            d => TypedResults.Ok(new SeenView(d.Id, d.StripeId, d.Status))
        );

    private static async Task<Results<Accepted<RefundView>, ProblemHttpResult>> Refund(
        long id,
        HttpContext context,
        DisputeActions actions
    ) =>
        await (await actions.RefundWarned(context.Actor(), id)).ToResult(
            context,
            "early fraud warning",
            r =>
                TypedResults.Accepted($"/api/admin/payments/{r.PaymentId}", new RefundView(r.Uid, r.Amount, r.Currency, r.Status, r.Reason))
        );

    private static async Task<Results<Ok<WarningView>, ProblemHttpResult>> Dismiss(long id, HttpContext context, DisputeActions actions) =>
        await (await actions.Dismiss(context.Actor(), id)).ToResult(
            context,
            "early fraud warning",
            w => TypedResults.Ok(new WarningView(w.Id, w.StripeId, w.DismissedBy))
        );
}
