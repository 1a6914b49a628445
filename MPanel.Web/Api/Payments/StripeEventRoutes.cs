using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Lists;
using MPanel.Database.Payments;
using MPanel.Jobs.Access;
using MPanel.Jobs.Refunds;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Payments;

/// <summary>What Stripe told of, and what came of it.</summary>
public static class StripeEventRoutes
{
    public static readonly PanelList<StripeEventListRow, StripeEventFilter> List = new(
        "events",
        new ListDefinition(
            "-received",
            "Stripe's id of event, object or payment",
            StripeEventList.Sorts,
            [
                ListFilter.OneOf("state", "State", [.. StripeEventState.All]),
                ListFilter.Text("type", "Type"),
                ListFilter.Day("from", "Received from"),
                ListFilter.Day("to", "to"),
            ]
        ),
        (query, context) =>
            new(
                query.Q,
                query.Text("state"),
                query.Text("type"),
                query.StartOf("from", context.User.TimeZone()),
                query.EndOf("to", context.User.TimeZone())
            ),
        StripeEventList.Read,
        (db, filter, _) => StripeEventList.Count(db, filter),
        new("Event", e => e.EventId),
        new("Type", e => e.Type),
        new("Object", e => e.ObjectId),
        new("Payment", e => e.PaymentIntent),
        new("State", e => e.State),
        new("Outcome", e => e.Outcome),
        new("Looks", e => e.Looks),
        new("Came by", e => e.CameBy),
        new("Made at Stripe", e => e.Created),
        new("Received", e => e.ReceivedAt)
    )
    {
        File = "stripe-events",
    };

    public static void MapStripeEvents(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/stripe-events", Page)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Events of Stripe's: what came, and what it did");
        app.MapGet("/api/admin/stripe-events/{id:long}", One)
            .RequirePermission(Permissions.InvoicesView)
            .Refuses(404)
            .WithSummary("One event with its attempts");
        app.MapPost("/api/admin/stripe-events/{id:long}/replay", Replay)
            .RequirePermission(Permissions.InvoicesManage)
            .Refuses(404, 409)
            .WithSummary("Look into an event again");
    }

    public static Task<Results<Ok<Page<StripeEventView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, StripeEventView.Of);

    public static async Task<Results<Ok<StripeEventFullView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        return await StripeEventList.One(db, id) is { } found
            ? TypedResults.Ok(new StripeEventFullView(StripeEventView.Of(found), await StripeEventList.Looks(db, id)))
            : Problems.NotFound("event");
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Replay(long id, HttpContext context, StripeEventActions actions) =>
        await (await actions.Replay(context.Actor(), id)).ToResult(
            context,
            "event",
            _ => TypedResults.Accepted($"/api/admin/stripe-events/{id}")
        );
}
