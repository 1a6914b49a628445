using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine;

namespace MPanel.Tests.Unit.Jobs.Engine;

public sealed class JobMetricsTests
{
    [Fact]
    public void Ended_AndCounted_AreSeenByAListener()
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton<JobMetrics>().BuildServiceProvider();
        var metrics = services.GetRequiredService<JobMetrics>();
        var factory = services.GetRequiredService<IMeterFactory>();
        var seen = new List<string>();
        using var listener = new MeterListener();
        // Other tests of this process may have meters of the same name.
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == JobMetrics.MeterName && instrument.Meter.Scope == factory)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add(Line(instrument, value, tags)));
        listener.Start();

        metrics.Ended("order.payment", "retry", TimeSpan.FromSeconds(0.5));
        metrics.Counted(new QueueState(Ready: 3, Waiting: 4, Running: 5, StoppedOrders: 6, Stopped: 7, LagSeconds: 8.5));
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                "mpanel.jobs.steps 1 order.payment retry",
                "mpanel.jobs.step.duration 0.5 order.payment",
                "mpanel.jobs.queue.lag 8.5",
                "mpanel.jobs.queue.steps 3 due",
                "mpanel.jobs.queue.steps 4 scheduled",
                "mpanel.jobs.queue.steps 5 running",
                "mpanel.jobs.queue.steps 6 review",
                "mpanel.jobs.queue.steps 7 given_up",
            ],
            seen
        );
    }

    private static string Line<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', [instrument.Name, $"{value}", .. tags.ToArray().Select(t => $"{t.Value}")]);
}
