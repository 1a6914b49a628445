using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MPanel.Database;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Tests.JobWorker;

/// <summary>A process with the job engine and the scripted steps, as a test runs it inside itself or beside itself.</summary>
public static class WorkerHost
{
    public static IHost Build(
        string connectionString,
        bool runsWorkers,
        IReadOnlyDictionary<string, string?>? settings = null,
        LogLevel logLevel = LogLevel.Warning
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // Short enough to test with, long enough for a machine that is busy with other tests.
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Jobs:Lease"] = "00:00:15",
                ["Jobs:SweepInterval"] = "00:00:00.200",
                ["Jobs:DispatchGrace"] = "00:00:01",
                ["Jobs:RedispatchAfter"] = "00:00:05",
                ["Jobs:DrainTimeout"] = "00:00:05",
            }
        );
        if (settings is not null)
            builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(logLevel);
        builder.Services.AddSingleton(Db.Open(connectionString, "job-worker"));
        builder.Services.AddJobEngine(builder.Configuration.GetSection("Jobs"), runsWorkers);
        foreach (var kind in new[] { "test.a", "test.b", "test.c", "test.single" })
            builder.Services.AddSingleton<IStep>(provider => new ScriptedStep(
                kind,
                RetrySchedule.Seconds(1, 2),
                provider.GetRequiredService<NpgsqlDataSource>()
            ));
        builder.Services.AddChain<ScriptedChain>();
        foreach (var recurring in builder.Configuration.GetSection("Recurring").GetChildren())
            builder.Services.AddRecurringStep(new RecurringStep(recurring.Key, recurring.Value!, "Runs in tests.", "Europe/Berlin"));
        return builder.Build();
    }
}
