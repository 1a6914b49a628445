using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Makes the job classes, each run in a scope of its own.</summary>
public sealed class JobsFromServices(IServiceScopeFactory scopes) : JobActivator
{
    public override JobActivatorScope BeginScope(JobActivatorContext context) => new Scope(scopes.CreateScope());

    private sealed class Scope(IServiceScope scope) : JobActivatorScope
    {
        public override object Resolve(Type type) => scope.ServiceProvider.GetRequiredService(type);

        public override void DisposeScope() => scope.Dispose();
    }
}
