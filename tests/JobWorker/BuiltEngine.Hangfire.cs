using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine.Hangfire;

namespace MPanel.Tests.JobWorker;

/// <summary>The engine this build was made with.</summary>
public static class BuiltEngine
{
    public static void Add(IServiceCollection services) => services.AddHangfireEngine();
}
