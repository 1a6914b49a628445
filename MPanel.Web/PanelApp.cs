using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MPanel.Database;
using MPanel.Database.Lists;
using MPanel.Web.Api;
using MPanel.Web.Api.Orders;
using MPanel.Web.Platform.Http;
using MPanel.Web.Platform.Observability;
using MPanel.Web.Platform.Security;
using OpenTelemetry.Metrics;

namespace MPanel.Web;

/// <summary>Composes the server program: the site, the API and the job workers, as far as the process's roles ask for them.</summary>
public static class PanelApp
{
    public static async Task<int> Run(string[] args)
    {
        try
        {
            await using var app = Build(args);
            await app.RunAsync();
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Asked to stop while still starting.
            return 0;
        }
        catch (Exception e) when (StartFailure.Explain(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 2;
        }
    }

    /// <param name="args">Command line settings, such as <c>--Http:ApiPort=0</c>.</param>
    /// <param name="configure">For tests: last changes to services and settings.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                ApplicationName = typeof(PanelApp).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        configure?.Invoke(builder);
        builder.Host.UseDefaultServiceProvider(o => (o.ValidateOnBuild, o.ValidateScopes) = (true, true));
        builder.AddPanelLogging();

        GoneSettings.Refuse(builder.Configuration);
        var roles = PanelRoles.Parse(builder.Configuration["Roles"]);
        var connectionString =
            builder.Configuration.GetConnectionString("MPanel")
            ?? throw new InvalidSettingException("ConnectionStrings:MPanel is not set: the panel needs its PostgreSQL database.");

        builder.Services.AddSingleton(roles);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => Db.Open(connectionString, "mpanel"));
        builder.Services.AddSingleton(_ => new ListDatabase(connectionString, "mpanel lists"));
        builder.AddPanelHttp();
        builder.Services.AddPanelSecurity(builder.Configuration);
        builder.Services.AddPanelFeatures(builder.Configuration, roles);

        var app = builder.Build();
        // Listens from the start: what is measured before the first scrape counts too.
        app.Services.GetRequiredService<MeterProvider>();
        app.UseForwardedHeaders();
        app.UseMiddleware<Correlation>();
        if (app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.ServerTiming)
            app.Use(app.Services.GetRequiredService<ServerTiming>().Measure);
        // Before the error pages, which run everything behind them a second time.
        app.UseMiddleware<HostCookies>();
        app.UseErrorAnswers();
        app.UseMiddleware<PortSeparation>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseResponseCompression();
        app.UseStaticFiles(StaticFileCaching.Options);
        app.UseRouting();
        app.UseMiddleware<UnknownRoutes>();
        app.UseMiddleware<Door>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<PastTheDoor>();
        app.UseRateLimiter();
        app.UseMiddleware<RequiredSteps>();
        app.UseMiddleware<JsonCharset>();
        app.UseMiddleware<WholeBody>();
        if (roles.Web)
            app.UseMiddleware<SentOrder>();
        app.MapObservability();
        if (roles.Web)
            app.MapPanel();
        return app;
    }
}
