using MPanel.Jobs.Access;
using MPanel.Web.Api.Products;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

/// <summary>Orders for the marketing API and for admins. The public routes are the sacred path's, see docs/blueprint.md.</summary>
public static class OrderRoutes
{
    public static IServiceCollection AddOrderIntake(this IServiceCollection services)
    {
        services.AddSingleton<OrderBacklog>();
        services.AddHostedService(provider => provider.GetRequiredService<OrderBacklog>());
        return services;
    }

    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/public/orders/stripe-completed", StripeCompleted.Handle)
            .RequirePermission(Scopes.OrdersWrite)
            .WithMetadata(new KeepsRefusedOrders())
            .Refuses(409)
            .WithSummary("A customer has paid: take the order in");
        app.MapPost("/api/public/orders/digest", DigestRoute.Handle)
            .RequirePermission(Scopes.OrdersWrite)
            .WithSummary("Before the customer pays: what the PaymentIntent's metadata must name");
        app.MapGet("/api/public/orders/{reference}", OrderReading.Public)
            .RequirePermission(Scopes.OrdersRead)
            .Refuses(404)
            .WithSummary("State and timeline of an order");
        app.MapGet("/api/public/plans", PlansRoute.Handle).RequirePermission(Scopes.PlansRead).WithSummary("What is sold, with prices");
        app.MapRefusedOrders();
        app.MapGet("/api/admin/orders", OrderListing.Page)
            .RequirePermission(Permissions.OrdersView)
            .Refuses(400)
            .TakesList(OrderListing.List.Definition)
            .WithSummary("Orders, newest first");
        app.MapGet("/api/admin/orders/{reference}", OrderReading.Admin)
            .RequirePermission(Permissions.OrdersView)
            .Refuses(404)
            .WithSummary("One order with its way");
        app.MapPost("/api/admin/orders/{reference}/resume", ResumeRoute.Handle)
            .RequirePermission(Permissions.OrdersManage)
            .Refuses(404, 409)
            .WithSummary("Go on where the order stopped");
        app.MapPost("/api/admin/orders/{reference}/close", CloseRoute.Handle)
            .RequirePermission(Permissions.OrdersManage)
            .Refuses(404, 409)
            .WithSummary("Nothing further is done for an order that stopped; says what is owed. No money moves");
        app.MapPost("/api/admin/orders/{reference}/cancel", CancelRoute.Handle)
            .RequirePermission(Permissions.OrdersManage)
            .Refuses(403, 404, 409, 422)
            .WithSummary("End an order: its subscriptions are cancelled, its websites removed after their grace, and its money goes back");
        app.MapPost("/api/admin/orders/{reference}/notes", NoteRoute.Handle)
            .RequirePermission(Permissions.OrdersManage)
            .Refuses(404, 409)
            .WithSummary("Note something, such as a refund made at Stripe; no money moves");
    }
}
