using MPanel.Web.Observability;

namespace MPanel.Web;

/// <summary>Every feature's services and routes, one line each.</summary>
public static class PanelFeatures
{
    public static void AddPanelFeatures(this IServiceCollection services, IConfiguration configuration, PanelRoles roles)
    {
        services.AddSingleton<PrometheusText>();
        services.AddSingleton<DatabaseHealth>();
    }

    public static void MapPanel(this WebApplication app)
    {
        app.MapRazorPages().AllowAnonymous();
    }
}
