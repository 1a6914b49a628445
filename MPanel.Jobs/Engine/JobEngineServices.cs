using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Settings;

namespace MPanel.Jobs.Engine;

public static class JobEngineServices
{
    /// <summary>
    /// Everything about jobs, Hangfire included. Needs an NpgsqlDataSource. Steps, chains and recurring jobs are singletons: register them
    /// with <see cref="AddStep"/>, <see cref="AddChain"/> and <see cref="AddRecurringJob"/>.
    /// </summary>
    /// <param name="settings">Section <c>Jobs</c>, see <see cref="JobOptions"/>; checked at start.</param>
    /// <param name="runsWorkers">False for a process that adds work and leaves running it to others.</param>
    public static IServiceCollection AddJobEngine(this IServiceCollection services, IConfiguration settings, bool runsWorkers)
    {
        services.AddChecked<JobOptions>(settings, "Jobs");
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new JobRole(runsWorkers));
        services.AddHangfireEngine();
        services.AddSingleton<JobMetrics>();
        services.AddSingleton<StepCatalogue>();
        services.AddSingleton<JobSignals>();
        services.AddSingleton<RunningJobs>();
        services.AddSingleton<JobActions>();
        services.AddHostedService<JobUpkeep>();
        if (runsWorkers)
            services
                .AddSingleton<JobEnds>()
                .AddSingleton<JobRunner>()
                .AddJobServer(JobFace.Queue, o => o.Workers)
                .AddJobServer(JobFace.MailQueue, o => o.MailWorkers);
        return services.AddRecurringJob<PruneOutbox>();
    }

    private static IServiceCollection AddJobServer(this IServiceCollection services, string queue, Func<JobOptions, int> workers) =>
        // Not AddHostedService, which takes a second one of a type for the first.
        services.AddSingleton<IHostedService>(provider =>
            ActivatorUtilities.CreateInstance<JobServer>(
                provider,
                new JobLane(queue, workers(provider.GetRequiredService<IOptions<JobOptions>>().Value))
            )
        );

    public static IServiceCollection AddStep<T>(this IServiceCollection services)
        where T : class, IStep => services.AddSingleton<IStep, T>();

    public static IServiceCollection AddChain<T>(this IServiceCollection services)
        where T : class, IChain => services.AddSingleton<IChain, T>();

    public static IServiceCollection AddRecurringJob<T>(this IServiceCollection services)
        where T : class, IRecurringJob => services.AddSingleton<IRecurringJob, T>();
}
