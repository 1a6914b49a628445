namespace MPanel.Tests.EndToEnd.Launching;

/// <summary>Waiting for a state, with a bound.</summary>
public static class Eventually
{
    public static Task True(Func<bool> state, TimeSpan patience, Func<string> otherwise) =>
        True(() => Task.FromResult(state()), patience, otherwise);

    public static async Task True(Func<Task<bool>> state, TimeSpan patience, Func<string> otherwise)
    {
        using var bound = new CancellationTokenSource(patience);
        while (!await state())
        {
            if (bound.IsCancellationRequested)
                Assert.Fail(otherwise());
            await Task.Delay(50);
        }
    }
}
