using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MPanel.NodeAgent;

internal static class AgentLogging
{
    private const int FilesKept = 30;
    private const string Readable = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj} {Properties}{NewLine}{Exception}";

    /// <summary>Development: readable lines on the console. Otherwise JSON on standard output and in a file a day. Section Serilog adjusts the levels.</summary>
    public static void AddAgentLogging(this IHostApplicationBuilder builder, AgentOptions options)
    {
        var logging = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .ReadFrom.Configuration(builder.Configuration)
            .Enrich.FromLogContext()
            .Enrich.With<NoEventId>();
        if (builder.Environment.IsDevelopment())
            logging.WriteTo.Console(outputTemplate: Readable, formatProvider: CultureInfo.InvariantCulture);
        else
            logging
                .WriteTo.Console(new CompactJson())
                .WriteTo.File(new CompactJson(), LogFile(options), rollingInterval: RollingInterval.Day, retainedFileCountLimit: FilesKept);
        builder.Logging.ClearProviders().AddSerilog(logging.CreateLogger(), dispose: true);
    }

    // A hash of the message's name, of no use to anybody who reads the log.
    private sealed class NoEventId : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory) => logEvent.RemovePropertyIfPresent("EventId");
    }

    private static string LogFile(AgentOptions options) => options.LogFile ?? Path.Combine(options.StateDirectory, "logs", "agent-.json");
}
