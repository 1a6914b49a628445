using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace MPanel.Jobs.Engine.Quartz;

public static class QuartzServices
{
    internal const string Schema = "quartz";

    /// <summary>Quartz as the job engine: clustered, on the application's own data source, its tables in a schema of their own.</summary>
    public static IServiceCollection AddQuartzEngine(this IServiceCollection services)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "MPanel";
                scheduler.GenerateInstanceId = true;
                // What no signal announced is found this late. A second is Quartz's shortest; its default of 30 was seen as 29 s of waiting.
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(1);
                scheduler.PropagateTraceContext = false;
            });
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.DataSourceFactory = provider => provider.GetRequiredService<NpgsqlDataSource>());
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = $"{Schema}.qrtz_";
                    options.StoreJobDataAsStrings = true;
                });
                store.ProvisionSchema();
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = TimeSpan.FromSeconds(3);
                    cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(3);
                });
            });
        });
        // One job for each worker, and room for recurring jobs beside them, which only start chains.
        services
            .AddOptions<ThreadPoolOptions>()
            .Configure<IOptions<JobOptions>>((pool, jobs) => pool.MaxConcurrency = jobs.Value.Workers + 2);
        services.AddSingleton<WorkerSlots>();
        services.AddSingleton<WorkSignal>();
        services.AddSingleton<IJobEngine, QuartzEngine>();
        services.AddTransient<StepsJob>();
        services.AddTransient<OccurrenceJob>();
        return services;
    }
}
