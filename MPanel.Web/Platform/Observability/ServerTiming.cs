using System.Diagnostics;
using System.Globalization;

namespace MPanel.Web.Platform.Observability;

/// <summary>
/// The <c>Server-Timing</c> header: how long an answer took, and how much of it PostgreSQL. Browsers show it among a request's timings.
/// Off unless <c>Http:ServerTiming</c> asks for it: how long things take is nobody's business outside.
/// </summary>
public sealed class ServerTiming(TimeProvider clock) : IDisposable
{
    private static readonly AsyncLocal<Sum?> Current = new();

    private readonly ActivityListener _statements = Listen();

    public Task Measure(HttpContext context, RequestDelegate next)
    {
        var sum = Current.Value = new Sum();
        var since = clock.GetTimestamp();
        context.Response.OnStarting(() =>
        {
            context.Response.Headers["Server-Timing"] =
                $"total;dur={Milliseconds(clock.GetElapsedTime(since))}, db;dur={Milliseconds(sum.Total)}";
            return Task.CompletedTask;
        });
        return next(context);
    }

    private static ActivityListener Listen()
    {
        var statements = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                Current.Value is null ? ActivitySamplingResult.None : ActivitySamplingResult.PropagationData,
            ActivityStopped = activity => Current.Value?.Add(activity.Duration),
        };
        ActivitySource.AddActivityListener(statements);
        return statements;
    }

    public void Dispose() => _statements.Dispose();

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>A request's statements; some may run side by side.</summary>
    private sealed class Sum
    {
        private long _ticks;

        public TimeSpan Total => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public void Add(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }
}
