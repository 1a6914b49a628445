using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace MPanel.Web.Observability;

/// <summary>
/// Listens to the meters of this process and writes them as Prometheus text (format 0.0.4). The framework measures but does
/// not export, and its exporter package is not to be had everywhere.
/// </summary>
public sealed class PrometheusText : IDisposable
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> _series = new();

    public PrometheusText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("MPanel", StringComparison.Ordinal) || instrument.Name == "http.server.request.duration")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Measure(i, value, tags));
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Measure(i, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Measure(i, value, tags));
        _listener.Start();
    }

    /// <summary>All series, observable instruments asked just now.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var family in _series.GroupBy(s => s.Key.Instrument).OrderBy(g => g.Key.Name, StringComparer.Ordinal))
        {
            var name = MetricName(family.Key);
            var type =
                family.Key is Histogram<double> ? "histogram"
                : IsCounter(family.Key) ? "counter"
                : "gauge";
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {family.Key.Description}\n# TYPE {name} {type}\n");
            foreach (var ((_, labels), series) in family.OrderBy(s => s.Key.Labels, StringComparer.Ordinal))
                series.Write(text, name, labels);
        }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Measure(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _series.GetOrAdd((instrument, Labels(tags)), key => Series.Of(key.Instrument)).Record(value);

    private static bool IsCounter(Instrument instrument) =>
        instrument is Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long> or ObservableCounter<double>;

    private static string MetricName(Instrument instrument)
    {
        var unit = instrument.Unit == "s" ? "_seconds" : "";
        var name = instrument.Name.Replace('.', '_').Replace('-', '_') + unit;
        return IsCounter(instrument) && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var parts = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
            parts.Add($"{key.Replace('.', '_')}=\"{Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}\"");
        parts.Sort(StringComparer.Ordinal);
        return string.Join(',', parts);
    }

    private static string Escape(string value) =>
        value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private abstract class Series
    {
        public static Series Of(Instrument instrument) =>
            instrument is Histogram<double>
                ? new Distribution()
                : new Number(adds: instrument is Counter<long> or Counter<int> or Counter<double>);

        public abstract void Record(double value);

        public abstract void Write(StringBuilder text, string name, string labels);
    }

    /// <summary>Adds up what a counter reports; keeps the last of everything else, which reports totals or levels.</summary>
    private sealed class Number(bool adds) : Series
    {
        private readonly Lock _gate = new();
        private double _value;

        public override void Record(double value)
        {
            lock (_gate)
                _value = adds ? _value + value : value;
        }

        public override void Write(StringBuilder text, string name, string labels) =>
            text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {_value}\n");
    }

    private sealed class Distribution : Series
    {
        private readonly Lock _gate = new();
        private readonly long[] _buckets = new long[Bounds.Length];
        private long _count;
        private double _sum;

        public override void Record(double value)
        {
            lock (_gate)
            {
                _count++;
                _sum += value;
                for (var i = 0; i < Bounds.Length; i++)
                    if (value <= Bounds[i])
                        _buckets[i]++;
            }
        }

        public override void Write(StringBuilder text, string name, string labels)
        {
            var prefix = labels.Length > 0 ? labels + "," : "";
            lock (_gate)
            {
                for (var i = 0; i < Bounds.Length; i++)
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{prefix}le=\"{Bounds[i]}\"}} {_buckets[i]}\n");
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{prefix}le=\"+Inf\"}} {_count}\n");
                text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{{labels}}} {_sum}\n{name}_count{{{labels}}} {_count}\n");
            }
        }
    }
}
