using System.Diagnostics.Metrics;
using MPanel.Database.Provisioning;

namespace MPanel.Jobs.Provisioning;

/// <summary>Meter <c>MPanel.Provisioning</c>.</summary>
public sealed class ProvisioningMetrics
{
    public const string MeterName = "MPanel.Provisioning";

    private readonly Counter<long> _claims;
    private readonly Counter<long> _completions;
    private IReadOnlyList<OpenTasks> _open = [];
    private long _unplaced;

    public ProvisioningMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _claims = meter.CreateCounter<long>("mpanel.provisioning.claims", "{task}", "Tasks leased to agents, by type.");
        _completions = meter.CreateCounter<long>("mpanel.provisioning.completions", "{task}", "Attempts that ended, by type and outcome.");
        meter.CreateObservableGauge("mpanel.provisioning.tasks", Tasks, "{task}", "Tasks not done, by status, over all processes.");
        meter.CreateObservableGauge(
            "mpanel.provisioning.unplaced",
            () => Volatile.Read(ref _unplaced),
            "{task}",
            "Tasks that no server has room for, over all processes."
        );
        meter.CreateObservableGauge(
            "mpanel.provisioning.waiting.oldest",
            () => _open.FirstOrDefault(o => o.Status == TaskState.Pending)?.OldestSeconds ?? 0,
            "s",
            "How long the oldest pending task could have been claimed, over all processes."
        );
    }

    public void Claimed(string type) => _claims.Add(1, new KeyValuePair<string, object?>("type", type));

    /// <param name="outcome"><c>success</c>, <c>retry</c>, <c>failed</c>, <c>released</c> or <c>lease_expired</c>.</param>
    public void Ended(string type, string outcome) => _completions.Add(1, new("type", type), new("outcome", outcome));

    internal void Counted(IReadOnlyList<OpenTasks> open, long unplaced)
    {
        _open = open;
        Volatile.Write(ref _unplaced, unplaced);
    }

    private IEnumerable<Measurement<long>> Tasks() =>
        _open.Select(o => new Measurement<long>(o.Count, new KeyValuePair<string, object?>("status", o.Status)));
}
