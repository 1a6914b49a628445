using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Jobs.Access;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

/// <summary>A paid order that was refused, in the list.</summary>
/// <param name="PaymentIntentId">Null where none can be read from what was sent.</param>
/// <param name="Status">open, received (it became an order) or closed.</param>
/// <param name="Times">How often it was sent.</param>
/// <param name="Reference">Of the order that it became; null until then.</param>
/// <param name="Note">What is owed; null unless it is closed.</param>
public sealed record RefusedOrderView(
    long Id,
    string? PaymentIntentId,
    string Status,
    IReadOnlyList<FieldError> Errors,
    int Times,
    string ReceivedBy,
    string? Reference,
    string? Note,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public static RefusedOrderView Of(RefusedOrderRow row) =>
        new(
            row.Id,
            row.PaymentIntentId,
            row.Status,
            RefusedOrderActions.Faults(row.Faults),
            row.Times,
            row.ReceivedBy,
            row.Reference,
            row.Note,
            row.CreatedAt,
            row.UpdatedAt
        );

    public static RefusedOrderView Of(RefusedOrder order) =>
        new(
            order.Id,
            order.Sent.PaymentIntentId,
            order.Status,
            RefusedOrderActions.Faults(order.Faults),
            order.Sent.Times,
            order.Sent.ReceivedBy,
            order.Reference,
            order.Closing?.Note,
            order.CreatedAt,
            order.UpdatedAt
        );
}

/// <summary>The same with what was sent.</summary>
/// <param name="Body">As it was sent last.</param>
/// <param name="Order">What can be read of it; null when it is no object of JSON.</param>
public sealed record RefusedOrderDetail(
    RefusedOrderView Refused,
    string Body,
    OrderRequest? Order,
    string? ClosedBy,
    DateTimeOffset? ClosedAt,
    string CorrelationId
);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CorrectedItem(
    string? ProductSlug = null,
    decimal? Qty = null,
    decimal? UnitPrice = null,
    string? BillingPeriod = null
);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CorrectedBilling(
    string? Company = null,
    string? Line1 = null,
    string? Line2 = null,
    string? PostalCode = null,
    string? City = null,
    string? Region = null,
    string? Country = null,
    string? VatId = null,
    string? Phone = null
)
{
    public BillingRequest Request => new(Company, Line1, Line2, PostalCode, City, Region, Country, VatId, Phone);
}

/// <summary>The order as it should have been sent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CorrectedOrder(
    string? StripePaymentIntentId = null,
    string? CustomerEmail = null,
    string? CustomerName = null,
    IReadOnlyList<CorrectedItem?>? Items = null,
    string? PrimaryDomain = null,
    CorrectedBilling? Billing = null,
    string? Currency = null,
    string? PromotionCode = null
)
{
    public OrderRequest Request =>
        new(
            StripePaymentIntentId,
            CustomerEmail,
            CustomerName,
            Items?.Select(i => i is null ? null : new OrderRequestItem(i.ProductSlug, i.Qty, i.UnitPrice, i.BillingPeriod)).ToList(),
            PrimaryDomain,
            Billing?.Request,
            Currency,
            PromotionCode
        );
}

/// <param name="Note">What is owed to the customer, and how it is settled.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CloseRefusedOrder(string? Note = null);

/// <summary>Orders that were refused though their money has been taken.</summary>
public static class RefusedOrderRoutes
{
    private const string Route = "/api/admin/orders/refused";

    public static readonly PanelList<RefusedOrderRow, RefusedOrderFilter> List = new(
        "refused orders",
        new ListDefinition(
            "-created",
            "Payment, or anything that was sent",
            RefusedOrderList.Sorts,
            [ListFilter.OneOf("status", "Status", [.. RefusedOrderState.All])]
        ),
        (query, _) => new RefusedOrderFilter(query.Text("status"), query.Like),
        RefusedOrderList.Read,
        (db, filter, _) => RefusedOrderList.Count(db, filter),
        new("PaymentIntent", r => r.PaymentIntentId),
        new("Status", r => r.Status),
        new("Wrong", r => string.Join(" ", RefusedOrderActions.Faults(r.Faults).Select(f => $"{f.Path}: {f.Message}"))),
        new("Times", r => r.Times),
        new("From", r => r.ReceivedBy),
        new("Order", r => r.Reference),
        new("Note", r => r.Note),
        new("Created", r => r.CreatedAt)
    );

    public static void MapRefusedOrders(this IEndpointRouteBuilder app)
    {
        app.MapGet(Route, Page)
            .RequirePermission(Permissions.OrdersView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Paid orders that were refused, newest first");
        app.MapGet($"{Route}/{{id:long}}", One)
            .RequirePermission(Permissions.OrdersView)
            .Refuses(404)
            .WithSummary("A paid order that was refused, with what was sent");
        app.MapPost($"{Route}/{{id:long}}/accept", Accept)
            .RequirePermission(Permissions.OrdersManage)
            .Refuses(404, 409)
            .WithSummary("Take it in as corrected");
        app.MapPost($"{Route}/{{id:long}}/close", Close)
            .RequirePermission(Permissions.OrdersManage)
            .Refuses(404, 409)
            .WithSummary("Nothing becomes of it; says what is owed. No money moves");
    }

    public static Task<Results<Ok<Page<RefusedOrderView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, RefusedOrderView.Of);

    public static async Task<Results<Ok<RefusedOrderDetail>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await RefusedOrders.Find(db, id) is { } refused
            ? TypedResults.Ok(
                new RefusedOrderDetail(
                    RefusedOrderView.Of(refused),
                    refused.Sent.Body,
                    RefusedBody.Order(refused.Sent.Body),
                    refused.Closing?.By,
                    refused.Closing?.At,
                    refused.Sent.CorrelationId
                )
            )
            : Problems.NotFound("refused order");
    }

    public static async Task<Results<Ok<OrderAccepted>, ProblemHttpResult>> Accept(
        long id,
        CorrectedOrder request,
        HttpContext context,
        RefusedOrderActions actions
    ) =>
        await (await actions.Accept(context.Actor(), id, request.Request)).ToResult(
            context,
            "refused order",
            reference => TypedResults.Ok(new OrderAccepted(reference, $"/api/admin/orders/{reference}"))
        );

    public static async Task<Results<Ok<RefusedOrderView>, ProblemHttpResult>> Close(
        long id,
        CloseRefusedOrder request,
        HttpContext context,
        RefusedOrderActions actions
    ) =>
        await (await actions.Close(context.Actor(), id, request.Note)).ToResult(
            context,
            "refused order",
            refused => TypedResults.Ok(RefusedOrderView.Of(refused))
        );
}
