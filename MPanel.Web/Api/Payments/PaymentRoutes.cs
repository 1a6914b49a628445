using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Disputes;
using MPanel.Database.Lists;
using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using MPanel.Jobs.Access;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Payments;

public static class PaymentRoutes
{
    public static readonly PanelList<PaymentRow, PaymentFilter> List = new(
        "payments",
        new ListDefinition(
            "-created",
            "PaymentIntent, charge, order or e-mail address",
            PaymentList.Sorts,
            [
                ListFilter.OneOf("status", "Status", [.. PaymentState.All]),
                ListFilter.Number("customer"),
                ListFilter.Day("from", "Made from"),
                ListFilter.Day("to", "to"),
            ]
        ),
        (query, context) =>
            new(
                query.Q,
                query.Text("status"),
                query.Number("customer"),
                query.StartOf("from", context.User.TimeZone()),
                query.EndOf("to", context.User.TimeZone())
            ),
        PaymentList.Read,
        (db, filter, _) => PaymentList.Count(db, filter),
        new("PaymentIntent", p => p.PaymentIntent),
        new("Method", p => p.Method),
        new("Status", p => p.Status),
        new("Amount", p => p.Amount),
        new("Refunded", p => p.Refunded),
        new("Disputed", p => p.Disputed),
        new("Currency", p => p.Currency),
        new("Card", p => PaymentView.CardText(p.CardBrand, p.CardLast4)),
        new("Customer", p => p.Customer),
        new("Order", p => p.OrderReference),
        new("Received", p => p.ReceivedAt),
        new("Created", p => p.CreatedAt)
    );

    public static readonly PanelList<RefundRow, RefundFilter> Refunds = new(
        "refunds",
        new ListDefinition(
            "-created",
            "Stripe's id of the refund, or PaymentIntent",
            RefundList.Sorts,
            [
                ListFilter.OneOf("status", "Status", [.. RefundState.All]),
                ListFilter.Number("payment"),
                ListFilter.Day("from", "Asked for from"),
                ListFilter.Day("to", "to"),
            ]
        ),
        (query, context) =>
            new(
                query.Q,
                query.Text("status"),
                query.Number("payment"),
                query.StartOf("from", context.User.TimeZone()),
                query.EndOf("to", context.User.TimeZone())
            ),
        RefundList.Read,
        (db, filter, _) => RefundList.Count(db, filter),
        new("Refund", r => r.StripeId),
        new("Amount", r => r.Amount),
        new("Currency", r => r.Currency),
        new("Status", r => r.Status),
        new("Reason", r => r.Reason),
        new("Failure", r => r.Failure),
        new("Invoice", r => r.Invoice),
        new("Credit note", r => r.CreditNote),
        new("By", r => r.Actor),
        new("Asked for", r => r.CreatedAt)
    );

    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/payments", Page)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Payments");
        app.MapGet("/api/admin/payments/{id:long}", One)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(404)
            .WithSummary("One payment with what it paid, what went back, and what Stripe told of it");
        app.MapGet("/api/admin/refunds", RefundPage)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400)
            .TakesList(Refunds.Definition)
            .WithSummary("Refunds, made here or at Stripe");
    }

    public static Task<Results<Ok<Page<PaymentView>>, ProblemHttpResult>> Page(
        HttpContext context,
        ListDatabase database,
        StripeDashboard stripe
    ) => List.Answer(context, database, p => PaymentView.Of(p, stripe));

    public static Task<Results<Ok<Page<RefundListView>>, ProblemHttpResult>> RefundPage(HttpContext context, ListDatabase database) =>
        Refunds.Answer(context, database, RefundListView.Of);

    public static async Task<Results<Ok<PaymentFullView>, ProblemHttpResult>> One(
        long id,
        HttpContext context,
        ListDatabase database,
        StripeDashboard stripe
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        if (await PaymentStory.Of(db, id) is not { } story)
            return Problems.NotFound("payment");
        return TypedResults.Ok(
            new PaymentFullView(
                PaymentView.Of(story.Payment.Row, stripe),
                story.Payment.Sums,
                story.Payment.Facts,
                story.Allocations,
                [.. story.Refunds.Select(RefundListView.Of)],
                [.. story.Disputes.Select(d => DisputeView.Of(d, stripe))],
                [.. story.Events.Select(StripeEventView.Of)]
            )
        );
    }
}
