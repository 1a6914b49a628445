using System.Globalization;
using Quartz;

namespace MPanel.Jobs.Engine.Quartz;

/// <summary>Runs the steps whose ids its trigger carries.</summary>
internal sealed class StepsJob(StepRunner runner, WorkerSlots slots, IJobEngine engine) : IJob
{
    public const string Steps = "steps";

    public static string Write(IEnumerable<StepDispatch> steps) =>
        string.Join(',', steps.Select(s => s.StepId.ToString(CultureInfo.InvariantCulture)));

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var ids = Read(context.MergedJobDataMap.GetString(Steps) ?? "");
        var ran = await Task.WhenAll(ids.Select(id => slots.Run(stopping => runner.Run(id, stopping))));
        // This process is stopping; the others needn't wait for the sweep.
        var left = ids.Where((_, i) => !ran[i]).Select(id => new StepDispatch(id, "", context.FireTimeUtc)).ToList();
        if (left.Count > 0)
            await engine.Dispatch(left, CancellationToken.None);
    }

    private static List<long> Read(string steps) =>
        [.. steps.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture))];
}
