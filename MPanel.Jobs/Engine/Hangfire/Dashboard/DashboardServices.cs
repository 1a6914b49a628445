using System.Globalization;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Access;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

public static class DashboardServices
{
    public const string Path = "/hangfire";

    /// <summary>Path of a job's own page.</summary>
    /// <param name="job">Hangfire's id.</param>
    public static string JobPath(string job) => $"{Path}/jobs/details/{Uri.EscapeDataString(job)}";

    /// <summary>The dashboard, for a process that answers requests.</summary>
    public static IServiceCollection AddHangfireDashboard(this IServiceCollection services, DashboardVisitors visitors)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton(visitors);
        services.AddSingleton<IBackgroundJobClient, DashboardDecisions>();
        services.AddSingleton<IRecurringJobManager, DashboardSchedules>();
        return services;
    }

    /// <summary>
    /// Maps it. Who may come in is the caller's to add; without <c>jobs.manage</c> one may only look. Antiforgery is on.
    /// </summary>
    public static IEndpointConventionBuilder MapHangfireDashboard(this IEndpointRouteBuilder endpoints)
    {
        var visitors = endpoints.ServiceProvider.GetRequiredService<DashboardVisitors>();
        var options = new DashboardOptions
        {
            // The endpoint's own policy says who may look.
            Authorization = [],
            IsReadOnlyFunc = dashboard => !visitors.May(dashboard.GetHttpContext(), Permissions.JobsManage),
            AppPath = "/",
            DashboardTitle = "MPanel jobs",
            DisplayStorageConnectionString = false,
            FaviconPath = "/favicon.svg",
            DarkModeEnabled = true,
        };
        var pipeline = endpoints
            .CreateApplicationBuilder()
            .UsePathBase(Path)
            .Use(
                (context, next) =>
                {
                    // It speaks whatever language the process has, and none that a browser knows where that has none; the panel is English.
                    CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
                    // Its pages colour states by style attributes, and its charts bring a style sheet of their own; scripts stay as strict
                    // as everywhere.
                    context.Response.Headers.ContentSecurityPolicy =
                        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; "
                        + "base-uri 'none'; form-action 'self'; object-src 'none'";
                    return next(context);
                }
            )
            .Use(DashboardLook.Dress)
            .UseMiddleware<AspNetCoreDashboardMiddleware>(
                endpoints.ServiceProvider.GetRequiredService<JobStorage>(),
                options,
                DashboardParts.Routes,
                true
            )
            .Build();
        return endpoints.Map(Path + "/{**path}", pipeline).WithDisplayName("Hangfire dashboard");
    }
}
