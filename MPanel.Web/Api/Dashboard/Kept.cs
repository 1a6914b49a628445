namespace MPanel.Web.Api.Dashboard;

/// <summary>A value and the moment it was read at.</summary>
public sealed record AsOf<T>(T Value, DateTimeOffset At);

/// <summary>
/// A figure that is costly to read, kept for a moment in this process. One reading at a time, however many ask. What is old is still
/// answered while it is read anew; what is too old is waited for.
/// </summary>
/// <param name="fresh">How long it is answered without reading anew.</param>
/// <param name="usable">How long it is answered while it is read anew.</param>
public sealed class Kept<T>(TimeProvider clock, TimeSpan fresh, TimeSpan usable, Func<Task<T>> read, Action<Exception> failed)
{
    private readonly Lock _lock = new();
    private AsOf<T>? _last;
    private Task<AsOf<T>>? _reading;

    /// <exception cref="Exception">Whatever the reading throws, for those who had to wait for it.</exception>
    public Task<AsOf<T>> Get()
    {
        Task<AsOf<T>> reading;
        lock (_lock)
        {
            var age = _last is null ? TimeSpan.MaxValue : clock.GetUtcNow() - _last.At;
            if (age < fresh)
                return Task.FromResult(_last!);
            _reading ??= Task.Run(Read);
            if (age < usable)
                return Task.FromResult(_last!);
            reading = _reading;
        }
        return reading;
    }

    private async Task<AsOf<T>> Read()
    {
        try
        {
            var at = clock.GetUtcNow();
            var value = new AsOf<T>(await read(), at);
            lock (_lock)
                _last = value;
            return value;
        }
        catch (Exception e)
        {
            failed(e);
            throw;
        }
        finally
        {
            lock (_lock)
                _reading = null;
        }
    }
}
