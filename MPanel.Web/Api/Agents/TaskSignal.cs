using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Web.Api.Agents;

/// <summary>
/// Wakes claims that wait for a task. One connection of the process listens for all of them; while it is lost, they look
/// by themselves more often.
/// </summary>
public sealed partial class TaskSignal(
    NpgsqlDataSource dataSource,
    IOptions<ProvisioningOptions> options,
    TimeProvider time,
    ILogger<TaskSignal> logger
) : BackgroundService
{
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(1);

    /// <summary>A connection that died without a word is noticed after this long.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Waiter, byte> _waiters = new();
    private readonly ProvisioningOptions _settings = options.Value;
    private volatile bool _listening;

    public bool Listening => _listening;

    /// <summary>Whether a claim of the server waits in this process now.</summary>
    public bool WaitsFor(long serverId) => _waiters.Keys.Any(w => w.ServerId == serverId);

    /// <summary>Hears of the server's tasks from now on: register first, then look, then wait, and no announcement is lost.</summary>
    public Waiter Register(long serverId)
    {
        var waiter = new Waiter(this, serverId);
        _waiters.TryAdd(waiter, 0);
        return waiter;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(failure);
            }
            finally
            {
                _listening = false;
                WakeAll();
            }
            await Task.Delay(ReconnectDelay, time, stoppingToken);
        }
    }

    private async Task Listen(CancellationToken stoppingToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(stoppingToken);
        db.Notification += (_, notification) => Wake(notification.Payload);
        await TaskChannel.Listen(db, stoppingToken);
        _listening = true;
        // What was announced before we listened was heard by nobody.
        WakeAll();
        while (true)
        {
            if (!await db.WaitAsync(ProbeInterval, stoppingToken))
                await TaskChannel.Probe(db, stoppingToken);
        }
    }

    private void Wake(string payload)
    {
        if (payload == TaskChannel.EveryServer)
            WakeAll();
        else if (long.TryParse(payload, NumberStyles.None, CultureInfo.InvariantCulture, out var serverId))
            foreach (var (waiter, _) in _waiters)
                if (waiter.ServerId == serverId)
                    waiter.Wake();
    }

    private void WakeAll()
    {
        foreach (var (waiter, _) in _waiters)
            waiter.Wake();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Announcements of new tasks can't be heard; agents' claims look for themselves.")]
    private partial void LogLost(Exception failure);

    /// <summary>One claim's ear.</summary>
    public sealed class Waiter : IDisposable
    {
        private readonly TaskSignal _signal;
        private readonly SemaphoreSlim _woken = new(0);

        internal Waiter(TaskSignal signal, long serverId) => (_signal, ServerId) = (signal, serverId);

        public long ServerId { get; }

        /// <summary>Returns when there may be something to claim, or after the given time, or when it is time to look anyway.</summary>
        /// <returns>False when the wait was cancelled.</returns>
        public async Task<bool> Wait(TimeSpan atMost, CancellationToken cancellationToken)
        {
            var settings = _signal._settings;
            var look = _signal._listening ? settings.ClaimRecheckInterval : settings.ClaimPollInterval;
            try
            {
                await _woken.WaitAsync(look < atMost ? look : atMost, cancellationToken);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        internal void Wake()
        {
            // A second announcement before the look says nothing new.
            if (_woken.CurrentCount == 0)
                _woken.Release();
        }

        // The semaphore is left to the garbage collector: an announcement may be waking it just now.
        public void Dispose() => _signal._waiters.TryRemove(this, out _);
    }
}
