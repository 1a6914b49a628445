using MPanel.Jobs.Engine.Quartz;

namespace MPanel.Web;

/// <summary>The job engine of a build with -p:JobEngine=Quartz, the default. It has no dashboard of its own.</summary>
internal static class PanelEngine
{
    /// <summary>Where the engine's own dashboard is; null for an engine without one.</summary>
    public static string? Dashboard => null;

    public static void AddChosenEngine(this IServiceCollection services, PanelRoles _) => services.AddQuartzEngine();

    public static void MapChosenEngine(this WebApplication _) { }
}
