using System.Diagnostics;
using MPanel.Benchmarks.Reporting;

namespace MPanel.Benchmarks.Load;

/// <summary>So many pieces of work, done by so many at once.</summary>
/// <param name="Latencies">Milliseconds of each.</param>
public sealed record Round(double Seconds, IReadOnlyList<double> Latencies)
{
    public double PerSecond => Latencies.Count / Seconds;

    /// <summary>Does <paramref name="count"/> pieces with <paramref name="workers"/> at once, each of which opens what it works with first.</summary>
    public static async Task<Round> Run<T>(int workers, int count, Func<int, Task<T>> open, Func<T, int, Task> once, CancellationToken stop)
        where T : IAsyncDisposable
    {
        var opened = new List<T>();
        try
        {
            for (var worker = 0; worker < workers; worker++)
                opened.Add(await open(worker));
            var latencies = new double[count];
            var next = -1;
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(opened.Select(resource => Task.Run(() => Work(resource), stop)));
            return new Round(Stopwatch.GetElapsedTime(started).TotalSeconds, latencies);

            async Task Work(T resource)
            {
                for (int item; (item = Interlocked.Increment(ref next)) < count; )
                {
                    stop.ThrowIfCancellationRequested();
                    var began = Stopwatch.GetTimestamp();
                    await once(resource, item);
                    latencies[item] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                }
            }
        }
        finally
        {
            foreach (var resource in opened)
                await resource.DisposeAsync();
        }
    }
}

/// <summary>Several rounds of the same, with those of its floor between them.</summary>
public sealed class Series
{
    private readonly List<Round> _rounds = [];

    public void Add(Round round) => _rounds.Add(round);

    public double PerSecond => Figure.Median(_rounds.Select(r => r.PerSecond));

    /// <summary>Of all rounds.</summary>
    public IEnumerable<double> Latencies => _rounds.SelectMany(r => r.Latencies);

    /// <summary>The median of each round beside the floor's round next to it, so that a busy moment of the machine hits both.</summary>
    public double RatioTo(Series floor) => Figure.Median(_rounds.Zip(floor._rounds, (own, other) => own.PerSecond / other.PerSecond));
}
