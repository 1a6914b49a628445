using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Microsoft.Extensions.DependencyInjection;

namespace MPanel.Jobs.Engine.Hangfire;

/// <summary>Names an occurrence on the dashboard by its kind and what it does.</summary>
internal sealed class OccurrenceNameAttribute() : JobDisplayNameAttribute("Start {0}")
{
    public override string Format(DashboardContext context, Job job)
    {
        var kind = (string)job.Args[0];
        var recurring = context.GetHttpContext().RequestServices.GetServices<RecurringStep>().FirstOrDefault(step => step.Kind == kind);
        return recurring is null ? base.Format(context, job) : $"{base.Format(context, job)}: {recurring.Does}";
    }
}
