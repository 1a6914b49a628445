using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MPanel.Jobs.Engine.Hangfire;
using MPanel.Settings;

namespace MPanel.Jobs.Engine;

public static class JobEngineServices
{
    /// <summary>
    /// Everything about jobs, Hangfire included. Needs an NpgsqlDataSource. Steps and chains are singletons: register them with
    /// <see cref="AddStep"/> and <see cref="AddChain"/>.
    /// </summary>
    /// <param name="settings">Section <c>Jobs</c>, see <see cref="JobOptions"/>; checked at start.</param>
    /// <param name="runsWorkers">False for a process that starts chains and leaves running them to others.</param>
    public static IServiceCollection AddJobEngine(this IServiceCollection services, IConfiguration settings, bool runsWorkers)
    {
        services.AddChecked<JobOptions>(settings, "Jobs");
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new JobRole(runsWorkers));
        services.AddHangfireEngine();
        services.AddSingleton<JobMetrics>();
        services.AddSingleton<StepCatalogue>();
        services.AddSingleton<StepLedger>();
        services.AddSingleton<RunningSteps>();
        services.AddSingleton<StepRunner>();
        services.AddSingleton<Occurrences>();
        services.AddSingleton<JobControl>();
        services.AddSingleton<JobActions>();
        services.AddSingleton<JobDispatcher>();
        services.AddHostedService<EngineLifecycle>();
        services.AddHostedService(provider => provider.GetRequiredService<JobDispatcher>());
        if (runsWorkers)
            services.AddHostedService<JobSweep>();
        return services
            .AddStep<PruneStep>()
            .AddRecurringStep(
                new RecurringStep(PruneStep.StepKind, "17 3 * * *", "Forgets jobs that succeeded long ago, so that the lists stay quick.")
            );
    }

    /// <summary>Lets this process stand in the list of processes.</summary>
    /// <param name="roles"><c>web</c>, <c>jobs</c> or both.</param>
    public static IServiceCollection AddWorkerPresence(this IServiceCollection services, params string[] roles) =>
        services.AddSingleton(new ProcessRoles(roles)).AddHostedService<WorkerPresence>();

    public static IServiceCollection AddStep<T>(this IServiceCollection services)
        where T : class, IStep => services.AddSingleton<IStep, T>();

    public static IServiceCollection AddChain<T>(this IServiceCollection services)
        where T : class, IChain => services.AddSingleton<IChain, T>();

    public static IServiceCollection AddRecurringStep(this IServiceCollection services, RecurringStep job) => services.AddSingleton(job);
}
