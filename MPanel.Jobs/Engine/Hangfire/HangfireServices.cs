using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine.Hangfire.Twins;
using Npgsql;

namespace MPanel.Jobs.Engine.Hangfire;

public static class HangfireServices
{
    /// <summary>
    /// Hangfire on the application's own data source, its tables in a schema of their own. Nothing goes through Hangfire's static settings
    /// but its log, so that two hosts in one process don't share a storage.
    /// </summary>
    internal static IServiceCollection AddHangfireEngine(this IServiceCollection services)
    {
        services.AddSingleton<JobStorage>(provider => new PostgreSqlStorage(
            new DataSourceConnections(provider.GetRequiredService<NpgsqlDataSource>()),
            Options()
        )
        {
            JobExpirationTimeout = TimeSpan.FromDays(1),
        });
        services.AddSingleton<JobFilters>();
        services.AddSingleton<IBackgroundJobClientV2>(provider => new BackgroundJobClient(
            provider.GetRequiredService<JobStorage>(),
            provider.GetRequiredService<JobFilters>()
        ));
        services.AddSingleton<JobFaces>();
        services.AddSingleton<JobsFromServices>();
        services.AddTransient<RecurringJobs>();
        services.AddSingleton<JobEngine>();
        services.AddHostedService(provider => provider.GetRequiredService<JobEngine>());
        return services;
    }

    /// <summary>Provisioning tasks on the dashboard. Only for a process that runs workers.</summary>
    public static IServiceCollection AddTaskTwins(this IServiceCollection services) => services.AddHostedService<TwinUpkeep>();

    private static PostgreSqlStorageOptions Options() =>
        new()
        {
            SchemaName = HangfireSchema.Name,
            // Created at start, under a lock, and not by the first to ask for the storage.
            PrepareSchemaIfNecessary = false,
            StartupConnectionMaxRetries = 0,
            AllowDegradedModeWithoutStorage = false,
            // Of recurring jobs. Long polling was seen to leave jobs lying when its connection was lost.
            QueuePollInterval = TimeSpan.FromSeconds(1),
            EnableLongPolling = false,
            // A killed process's job is fetched again after this; a living one keeps renewing it.
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = TimeSpan.FromSeconds(45),
            // 10 minutes by default: as long would a killed process hold a job's lock.
            DistributedLockTimeout = TimeSpan.FromSeconds(30),
            JobExpirationCheckInterval = TimeSpan.FromMinutes(15),
            DeleteExpiredBatchSize = 5_000,
            CountersAggregateInterval = TimeSpan.FromMinutes(1),
        };
}
