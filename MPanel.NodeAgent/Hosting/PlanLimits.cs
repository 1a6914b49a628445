namespace MPanel.NodeAgent.Hosting;

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

    /// <returns>Known: false when the default limits stand in for a plan nobody described here.</returns>
    public (PlanOptions Limits, bool Known) Of(string plan) =>
        options.Plans.TryGetValue(plan, out var limits) || BuiltIn.TryGetValue(plan, out limits) ? (limits, true) : (Other, false);
}
