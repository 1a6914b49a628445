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
                ["Jobs:StepTimeout"] = "00:00:15",
                ["Jobs:SweepInterval"] = "00:00:00.200",
                ["Jobs:DrainTimeout"] = "00:00:05",
            }
        );
        if (settings is not null)
            builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true).SetMinimumLevel(logLevel);
        builder.Services.AddSingleton(Db.Open(connectionString, "job-worker"));
        builder.Services.AddJobEngine(builder.Configuration.GetSection("Jobs"), runsWorkers);
        foreach (var kind in new[] { "test.a", "test.b", "test.c" })
            builder.Services.AddSingleton<IStep>(provider => new ScriptedStep(
                kind,
                RetrySchedule.Seconds(1, 2),
                provider.GetRequiredService<NpgsqlDataSource>()
            ));
        builder.Services.AddSingleton<IChain>(new ScriptedChain(ScriptedChain.ChainKind, together: false));
        builder.Services.AddSingleton<IChain>(new ScriptedChain(ScriptedChain.Together, together: true));
        if (builder.Configuration["Recurring"] is { } cron)
            builder.Services.AddSingleton<IRecurringJob>(provider => new ScriptedRecurring(
                cron,
                provider.GetRequiredService<NpgsqlDataSource>()
            ));
        return builder.Build();
    }
}
