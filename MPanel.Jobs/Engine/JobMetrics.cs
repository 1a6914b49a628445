using System.Diagnostics.Metrics;
using MPanel.Database.Jobs;

namespace MPanel.Jobs.Engine;

/// <summary>Meter <c>MPanel.Jobs</c>.</summary>
public sealed class JobMetrics
{
    public const string MeterName = "MPanel.Jobs";

    private readonly Counter<long> _steps;
    private readonly Histogram<double> _duration;
    private QueueState _queue = new(0, 0, 0, 0, 0, 0);

    public JobMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _steps = meter.CreateCounter<long>("mpanel.jobs.steps", "{step}", "Attempts that ended, by kind and outcome.");
        _duration = meter.CreateHistogram<double>("mpanel.jobs.step.duration", "s", "How long attempts took, by kind.");
        meter.CreateObservableGauge(
            "mpanel.jobs.queue.lag",
            () => _queue.LagSeconds,
            "s",
            "How long the oldest ready work has been ready, over all processes."
        );
        meter.CreateObservableGauge("mpanel.jobs.queue.steps", States, "{step}", "Work that is not over, by state, over all processes.");
    }

    /// <param name="outcome">As in <see cref="StepEvent"/>, or <c>released</c> or <c>lease_lost</c>, which change nothing.</param>
    internal void Ended(string kind, string outcome, TimeSpan duration)
    {
        _steps.Add(1, new("kind", kind), new("outcome", outcome));
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    internal void Counted(QueueState queue) => _queue = queue;

    private IEnumerable<Measurement<long>> States()
    {
        var queue = _queue;
        yield return new(queue.Ready, new KeyValuePair<string, object?>("state", "due"));
        yield return new(queue.Waiting, new KeyValuePair<string, object?>("state", "scheduled"));
        yield return new(queue.Running, new KeyValuePair<string, object?>("state", "running"));
        yield return new(queue.StoppedOrders, new KeyValuePair<string, object?>("state", "review"));
        yield return new(queue.Stopped, new KeyValuePair<string, object?>("state", "given_up"));
    }
}
