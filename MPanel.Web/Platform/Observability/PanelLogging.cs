using System.Globalization;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace MPanel.Web.Platform.Observability;

public static class PanelLogging
{
    /// <summary>
    /// Console for people in Development, JSON lines on standard output elsewhere; JSON lines also to a daily file where
    /// <c>Logging:Directory</c> is set, kept for 31 days. The correlation id comes from the scope, so it is on every line.
    /// </summary>
    public static void AddPanelLogging(this WebApplicationBuilder builder)
    {
        var settings = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("System.Net.Http.HttpClient", LogEventLevel.Warning)
            .MinimumLevel.Override("Hangfire", LogEventLevel.Warning)
            .ReadFrom.Configuration(builder.Configuration)
            .Enrich.FromLogContext();
        if (builder.Environment.IsDevelopment())
            settings.WriteTo.Console(
                formatProvider: CultureInfo.InvariantCulture,
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj} {CorrelationId}{NewLine}{Exception}"
            );
        else
            settings.WriteTo.Console(new JsonFormatter(renderMessage: true));
        if (builder.Configuration["Logging:Directory"] is { Length: > 0 } directory)
            settings.WriteTo.File(
                new JsonFormatter(renderMessage: true),
                Path.Combine(directory, "mpanel-.jsonl"),
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: 31,
                fileSizeLimitBytes: 256 * 1024 * 1024,
                rollOnFileSizeLimit: true,
                shared: true
            );
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(settings.CreateLogger(), dispose: true);
    }
}
