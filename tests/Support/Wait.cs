using System.Diagnostics;

namespace MPanel.Tests.Support;

/// <summary>Polls for a state with a bound, instead of sleeping and hoping.</summary>
public static class Wait
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <exception cref="TimeoutException">Names what did not come.</exception>
    public static Task Until(Func<bool> state, string what, Func<string>? otherwise = null) =>
        Until(() => Task.FromResult(state()), what, otherwise);

    public static async Task Until(Func<Task<bool>> state, string what, Func<string>? otherwise = null)
    {
        for (var since = Stopwatch.StartNew(); !await state(); await Task.Delay(Pause))
        {
            if (since.Elapsed > Bound)
                throw new TimeoutException($"Waited {Bound.TotalSeconds:0} s for {what}. {otherwise?.Invoke()}");
        }
    }
}
