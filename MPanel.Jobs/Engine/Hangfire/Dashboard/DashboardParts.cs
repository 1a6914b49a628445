using Hangfire;
using Hangfire.Dashboard;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>What the panel adds to the dashboard. Hangfire keeps it in statics, so it is added once a process.</summary>
internal static class DashboardParts
{
    private static readonly DashboardMetric Waiting = new(
        "tasks:waiting",
        "Tasks waiting",
        page =>
        {
            using var db = page.Context.GetHttpContext().RequestServices.GetRequiredService<NpgsqlDataSource>().OpenConnection();
            var waiting = TasksPerServer.Waiting(db).GetAwaiter().GetResult();
            return new Metric(waiting) { Style = waiting > 0 ? MetricStyle.Info : MetricStyle.Default };
        }
    )
    {
        Url = WaitingTasksPage.Route,
    };

    private static readonly Lazy<RouteCollection> Added = new(() =>
    {
        DashboardRoutes.Routes.AddRazorPage(WaitingTasksPage.Route, _ => new WaitingTasksPage());
        NavigationMenu.Items.Add(page => new MenuItem("Tasks", page.Url.To(WaitingTasksPage.Route))
        {
            Active = page.RequestPath.StartsWith(WaitingTasksPage.Route, StringComparison.Ordinal),
            Metric = Waiting,
        });
        GlobalConfiguration.Configuration.UseDashboardMetric(Waiting);
        GlobalConfiguration.Configuration.UseJobDetailsRenderer(0, PanelLinks.Of);
        DashboardLook.Add();
        return DashboardRoutes.Routes;
    });

    public static RouteCollection Routes => Added.Value;
}
