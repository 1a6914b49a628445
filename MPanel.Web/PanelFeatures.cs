using MPanel.Jobs.Engine;
using MPanel.Jobs.Engine.Quartz;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Payments.StripeHttp;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api;
using MPanel.Web.Api.Jobs;
using MPanel.Web.Api.Orders;
using MPanel.Web.Api.Products;
using MPanel.Web.Api.Provisioning;
using MPanel.Web.Api.Worker;
using MPanel.Web.Observability;
using MPanel.Web.Security;

namespace MPanel.Web;

/// <summary>Every feature's services and routes: the composition root, and the only place that names an engine or a gateway.</summary>
public static class PanelFeatures
{
    public static void AddPanelFeatures(this IServiceCollection services, IConfiguration configuration, PanelRoles roles)
    {
        services.AddSingleton<PrometheusText>();
        services.AddSingleton<DatabaseHealth>();
        services.AddJobEngine(configuration.GetSection("Jobs"), runsWorkers: roles.Jobs).AddQuartzEngine();
        services.AddStripePayments(configuration);
        services.AddOrders();
        services.AddProvisioning(runsWorkers: roles.Jobs);
        if (roles.Web)
            services.AddWorkerApi();
    }

    public static void MapPanel(this WebApplication app)
    {
        app.MapOrders();
        app.MapJobs();
        app.MapProvisioning();
        app.MapWorkerApi();
        app.MapRazorPages().AllowAnonymous();
    }

    private static void MapOrders(this WebApplication app)
    {
        var small = new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(HttpSetup.SmallBody);
        app.MapPost("/api/public/orders/stripe-completed", StripeCompleted.Handle)
            .RequirePermission("orders:write")
            .WithMetadata(small)
            .WithSummary("A customer has paid: take the order in");
        app.MapGet("/api/public/orders/{reference}", OrderReading.Public)
            .RequirePermission("orders:read")
            .WithSummary("State and timeline of an order");
        app.MapGet("/api/public/plans", PlansRoute.Handle).RequirePermission("plans:read").WithSummary("What is sold, with prices");
        app.MapGet("/api/admin/orders", OrderReading.List).RequirePermission("orders.view").WithSummary("Orders, newest first");
        app.MapGet("/api/admin/orders/{reference}", OrderReading.Admin)
            .RequirePermission("orders.view")
            .WithSummary("One order with its way");
        app.MapPost("/api/admin/orders/{reference}/resume", ResumeRoute.Handle)
            .RequirePermission("orders.manage")
            .WithMetadata(small)
            .WithSummary("Go on where the order stopped");
    }

    private static void MapJobs(this WebApplication app)
    {
        app.MapGet("/api/admin/jobs", JobRoutes.List).RequirePermission("jobs.view").WithSummary("Background jobs, newest first");
        app.MapPost("/api/admin/jobs/{id:long}/retry", JobRoutes.Retry)
            .RequirePermission("jobs.manage")
            .WithSummary("Run a failed job again");
    }
}
