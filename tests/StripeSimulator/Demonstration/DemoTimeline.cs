using System.Globalization;

namespace MPanel.StripeSimulator.Demonstration;

/// <summary>Prints the lines of an order's timeline that weren't printed yet.</summary>
/// <param name="origin">What the offsets count from; null for the first line's time.</param>
internal sealed class DemoTimeline(TextWriter output, DateTimeOffset? origin)
{
    private readonly HashSet<string> _printed = [];
    private DateTimeOffset? _origin = origin;
    private OrderAnswer? _last;

    public async Task Print(OrderAnswer order)
    {
        _last = order;
        foreach (var line in order.Timeline ?? [])
        {
            if (!_printed.Add($"{line.At:O} {line.Step} {line.Attempt} {line.Outcome} {line.TaskId} {line.Message}"))
                continue;
            _origin ??= line.At;
            await output.WriteLineAsync(Format(line));
        }
    }

    public async Task PrintWaiting()
    {
        foreach (var task in (_last?.Tasks ?? []).Where(t => t.Status is not "success"))
            await output.WriteLineAsync(
                $"  task {task.Id}, {task.Type}: {task.Status}{(task.WaitingFor is null ? "" : $", waiting for {task.WaitingFor}")}"
            );
    }

    private string Format(TimelineAnswer line)
    {
        var offset = (line.At - _origin)?.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) ?? "?";
        var duration = line.DurationMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms") : "";
        var attempt = line.Attempt is > 1 ? $" (attempt {line.Attempt})" : "";
        var task = line.TaskId is { } id ? $"task {id}: " : "";
        var said = string.Join(": ", new[] { line.Code, line.Message }.Where(t => !string.IsNullOrEmpty(t)));
        return $"  +{offset, 7} s  {line.Step + attempt, -28} {line.Outcome, -12} {duration, 9}  {task}{said}".TrimEnd();
    }
}
