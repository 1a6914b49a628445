using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine.Quartz;

namespace MPanel.Tests.Integration.Jobs;

public sealed class QuartzConformanceTests : JobEngineConformance
{
    protected override string Engine => "quartz";

    protected override void AddEngine(IServiceCollection services) => services.AddQuartzEngine();
}
