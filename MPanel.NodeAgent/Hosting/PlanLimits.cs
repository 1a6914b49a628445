namespace MPanel.NodeAgent.Hosting;

/// <param name="Known">False when the default limits stand in for a plan nobody described here.</param>
internal sealed record LimitsOfPlan(PlanOptions Limits, bool Known);

/// <summary>What a plan allows, by product code. The settings win over the built-in ones.</summary>
internal sealed class PlanLimits(AgentOptions options)
{
    private static readonly PlanOptions Other = new();
    private static readonly Dictionary<string, PlanOptions> BuiltIn = new(StringComparer.Ordinal)
    {
        ["starter"] = new(MaxUploadMegabytes: 32),
        ["business"] = new(MaxUploadMegabytes: 128),
        ["wp-growth"] = new(MaxUploadMegabytes: 256),
    };

    public LimitsOfPlan Of(string plan) =>
        options.Plans.TryGetValue(plan, out var limits) || BuiltIn.TryGetValue(plan, out limits)
            ? new LimitsOfPlan(limits, Known: true)
            : new LimitsOfPlan(Other, Known: false);
}
