using Microsoft.Extensions.Options;
using MPanel.Database.Orders;
using MPanel.Jobs.Orders;
using Npgsql;

namespace MPanel.Web.Api.Orders;

/// <summary>
/// How many orders wait for the workers, counted every second. Taking one in costs far less than working it off: past a limit, whoever
/// brings another is told to come again, while those that wait are still done in minutes.
/// </summary>
public sealed partial class OrderBacklog(
    NpgsqlDataSource dataSource,
    IOptions<OrderOptions> options,
    TimeProvider time,
    ILogger<OrderBacklog> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly int _most = options.Value.MaxWaiting;
    private int _counted;

    // By this process since the last count: between two counts a flood must not pass.
    private int _takenSince;

    // What the log has said last: it may fill between two counts.
    private bool _saidFull;

    public bool IsFull => Volatile.Read(ref _counted) + Volatile.Read(ref _takenSince) >= _most;

    /// <summary>Another order waits.</summary>
    public void Took() => Interlocked.Increment(ref _takenSince);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await Count(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Count(CancellationToken stoppingToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(stoppingToken);
        var taken = Volatile.Read(ref _takenSince);
        var counted = await WaitingOrders.Count(db, _most, stoppingToken);
        Volatile.Write(ref _counted, counted);
        Interlocked.Add(ref _takenSince, -taken);
        if (IsFull == _saidFull)
            return;
        _saidFull = !_saidFull;
        if (_saidFull)
            LogFull(counted, _most);
        else
            LogOpen(counted);
    }

    [LoggerMessage(
        EventName = "OrdersShed",
        Level = LogLevel.Warning,
        Message = "{Waiting} orders wait for workers, {Most} may: new ones are refused with 503 until it is fewer."
    )]
    private partial void LogFull(int waiting, int most);

    [LoggerMessage(
        EventName = "OrdersTakenAgain",
        Level = LogLevel.Information,
        Message = "{Waiting} orders wait: new ones are taken again."
    )]
    private partial void LogOpen(int waiting);

    [LoggerMessage(Level = LogLevel.Error, Message = "The waiting orders could not be counted; it will be tried again.")]
    private partial void LogFailed(Exception failure);
}
