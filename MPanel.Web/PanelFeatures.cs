using Microsoft.Extensions.Options;
using MPanel.Jobs.Access;
using MPanel.Jobs.Customers;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Products;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Refunds;
using MPanel.Jobs.Servers;
using MPanel.Jobs.Taxes;
using MPanel.Jobs.Websites;
using MPanel.Web.Api.Access;
using MPanel.Web.Api.Agents;
using MPanel.Web.Api.Attention;
using MPanel.Web.Api.Customers;
using MPanel.Web.Api.Dashboard;
using MPanel.Web.Api.Domains;
using MPanel.Web.Api.Emails;
using MPanel.Web.Api.Guardian;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Api.Jobs;
using MPanel.Web.Api.Orders;
using MPanel.Web.Api.Payments;
using MPanel.Web.Api.Products;
using MPanel.Web.Api.Provisioning;
using MPanel.Web.Api.Servers;
using MPanel.Web.Api.Subscriptions;
using MPanel.Web.Api.Taxes;
using MPanel.Web.Api.Websites;
using MPanel.Web.Pages.Orders;
using MPanel.Web.Platform.Http;
using MPanel.Web.Platform.Modules;
using MPanel.Web.Platform.Observability;

namespace MPanel.Web;

/// <summary>Every feature's services and routes: the composition root.</summary>
public static class PanelFeatures
{
    public static void AddPanelFeatures(this IServiceCollection services, IConfiguration configuration, PanelRoles roles)
    {
        services.AddPanelTelemetry(configuration);
        services.AddSingleton<ServerTiming>();
        services.AddSingleton<DatabaseHealth>();
        services.AddSingleton<EngineHealth>();
        services.AddSingleton<AgentHealth>();
        services.AddJobEngine(configuration.GetSection("Jobs"), runsWorkers: roles.Jobs);
        if (roles.Jobs)
            services.AddTaskTwins();
        services.AddPayments(configuration);
        services.AddOrders();
        services.AddInvoices();
        services.AddTaxes();
        services.AddRefunds();
        services.AddSingleton(Links);
        services.AddEmails();
        services.AddAccess();
        services.AddCustomers();
        services.AddProducts();
        services.AddSingleton<StripeDashboard>();
        services.AddSingleton<DashboardCache>();
        services.AddSingleton<TraceReading>();
        services.AddProvisioning(runsWorkers: roles.Jobs);
        services.AddServers();
        services.AddDomains();
        services.AddWebsites();
        services.AddSingleton<AttentionReading>();
        services.AddRecurringJob<AttentionMails>();
        services.AddSingleton<GuardianDeployment>();
        if (roles.Web)
            services.AddOrderIntake().AddWorkerApi().AddJobsDashboard();
    }

    private static PublicLinks Links(IServiceProvider provider)
    {
        var http = provider.GetRequiredService<IOptions<HttpOptions>>().Value;
        var development = provider.GetRequiredService<IWebHostEnvironment>().IsDevelopment();
        return new PublicLinks(http.PublicUrl ?? (development ? $"http://127.0.0.1:{http.PagesPort}" : null));
    }

    public static void MapPanel(this WebApplication app)
    {
        app.MapOrders();
        app.MapStripeWebhook();
        app.MapJobs();
        app.MapJobsDashboard();
        app.MapMovedPages();
        app.MapAttention();
        app.MapProvisioning();
        app.MapWorkerApi();
        app.MapWebsites();
        app.MapWebsiteTraffic();
        app.MapUsers();
        app.MapRoles();
        app.MapCustomers();
        app.MapProducts();
        app.MapSubscriptions();
        app.MapInvoices();
        app.MapCreditNotes();
        app.MapTaxes();
        app.MapPayments();
        app.MapDisputes();
        app.MapStripeEvents();
        app.MapEmails();
        app.MapServers();
        app.MapDomains();
        app.MapDashboard();
        app.MapGuardian();
        app.MapApiKeys();
        app.MapAudit();
        app.MapComingSoon();
        app.MapRazorPages();
    }
}
