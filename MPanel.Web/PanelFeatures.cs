using MPanel.Jobs.Engine;
using MPanel.Jobs.Engine.Quartz;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Payments.StripeHttp;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api.Jobs;
using MPanel.Web.Api.Orders;
using MPanel.Web.Api.Provisioning;
using MPanel.Web.Api.Worker;
using MPanel.Web.Observability;

namespace MPanel.Web;

/// <summary>Every feature's services and routes: the composition root, and the only place that names an engine or a gateway.</summary>
public static class PanelFeatures
{
    public static void AddPanelFeatures(this IServiceCollection services, IConfiguration configuration, PanelRoles roles)
    {
        services.AddSingleton<PrometheusText>();
        services.AddSingleton<DatabaseHealth>();
        services.AddSingleton<EngineHealth>();
        services.AddSingleton<AgentHealth>();
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
}
