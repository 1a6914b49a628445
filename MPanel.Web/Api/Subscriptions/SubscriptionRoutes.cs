using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Subscriptions;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Subscriptions;

/// <summary>A subscription in the list.</summary>
/// <param name="Product">Product code.</param>
/// <param name="Amount">Of one period, major units; the subscription's own price, whatever the product costs by now.</param>
/// <param name="RenewsAt">When the current period ends.</param>
public sealed record SubscriptionView(
    long Id,
    string Product,
    string ProductName,
    long CustomerId,
    string Customer,
    string Domain,
    string Status,
    string BillingPeriod,
    int Quantity,
    decimal UnitPrice,
    decimal Amount,
    string Currency,
    DateTimeOffset RenewsAt,
    DateTimeOffset CreatedAt
);

/// <param name="Tasks">What was provisioned for it, newest first.</param>
public sealed record SubscriptionFullView(
    SubscriptionView Subscription,
    DateTimeOffset CurrentPeriodStart,
    string OrderReference,
    IReadOnlyList<SubscriptionTask> Tasks
);

public static class SubscriptionRoutes
{
    public static readonly PanelList<SubscriptionRow, SubscriptionFilter> List = new(
        "subscriptions",
        new ListDefinition(
            "-created",
            "Domain",
            SubscriptionList.Sorts,
            [
                ListFilter.OneOf("status", "Status", [.. SubscriptionState.All]),
                ListFilter.Text("product"),
                ListFilter.Number("customer"),
                ListFilter.Day("renewsBefore", "Paid until before"),
            ]
        ),
        Filter,
        SubscriptionList.Read,
        (db, filter, _) => SubscriptionList.Count(db, filter),
        new("Id", s => s.Id),
        new("Plan", s => s.ProductCode),
        new("Customer", s => s.Customer),
        new("Domain", s => s.Domain),
        new("Status", s => s.Status),
        new("Quantity", s => s.Quantity),
        new("Unit price", s => s.UnitPrice),
        new("Currency", s => s.Currency),
        new("Period", s => s.BillingPeriod),
        new("Paid until", s => s.CurrentPeriodEnd),
        new("Created", s => s.CreatedAt)
    );

    public static void MapSubscriptions(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/subscriptions", Page)
            .RequirePermission(Permissions.SubscriptionsView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Subscriptions");
        app.MapGet("/api/admin/subscriptions/{id:long}", One)
            .RequirePermission(Permissions.SubscriptionsView)
            .Refuses(404)
            .WithSummary("One subscription with its tasks");
    }

    private static SubscriptionFilter Filter(ListQuery query, HttpContext context) =>
        new(
            query.LikeIndexed(),
            query.Text("status"),
            query.Text("product"),
            query.Number("customer"),
            query.StartOf("renewsBefore", context.User.TimeZone())
        );

    public static Task<Results<Ok<Page<SubscriptionView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        PageOf(context, database, customer: null);

    /// <param name="customer">Whose they are, whatever the query says; null for what it says.</param>
    public static Task<Results<Ok<Page<SubscriptionView>>, ProblemHttpResult>> PageOf(
        HttpContext context,
        ListDatabase database,
        long? customer
    ) => List.Answer(context, database, View, filter => customer is null ? filter : filter with { Customer = customer });

    public static async Task<Results<Ok<SubscriptionFullView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        if (await SubscriptionFacts.Of(db, id) is not { } s)
            return Problems.NotFound("subscription");
        // Tasks and their errors are for those who may see tasks.
        IReadOnlyList<SubscriptionTask> tasks = context.User.HasPermission(Permissions.ProvisioningView)
            ? [.. await SubscriptionFacts.TasksOf(db, id)]
            : [];
        return TypedResults.Ok(new SubscriptionFullView(View(s), s.Terms.CurrentPeriodStart, s.OrderReference, tasks));
    }

    private static SubscriptionView View(SubscriptionRow s) =>
        new(
            s.Id,
            s.ProductCode,
            s.Product,
            s.CustomerId,
            s.Customer,
            s.Domain,
            s.Status,
            s.BillingPeriod,
            s.Quantity,
            s.UnitPrice,
            s.Amount,
            s.Currency,
            s.CurrentPeriodEnd,
            s.CreatedAt
        );

    private static SubscriptionView View(SubscriptionDetail s) =>
        new(
            s.Id,
            s.Product.Code,
            s.Product.Name,
            s.Customer.Id,
            s.Customer.Name,
            s.Domain,
            s.Status,
            s.Terms.BillingPeriod,
            s.Terms.Quantity,
            s.Terms.UnitPrice,
            s.Terms.Amount,
            s.Terms.Currency,
            s.Terms.CurrentPeriodEnd,
            s.CreatedAt
        );
}
