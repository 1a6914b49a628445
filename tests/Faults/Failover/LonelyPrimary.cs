using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MPanel.Faults.Orders;
using MPanel.Faults.World;
using MPanel.Tests.Support;

namespace MPanel.Faults.Failover;

/// <summary>The synchronous standby is gone for a while: commits wait, so nobody may be told that something is done.</summary>
internal sealed class LonelyPrimary(FaultWorld world, ReplicatedPostgres postgres, OrderGenerator orders, MarketingApi marketing)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly List<string> _wrong = [];
    private readonly List<TimeSpan> _answered = [];

    /// <summary>Orders that were acknowledged on one server alone, or not answered at all.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>How long it took until each was refused.</summary>
    public IReadOnlyCollection<TimeSpan> Answered => _answered;

    /// <returns>How long after the standby's return an order was acknowledged.</returns>
    public async Task<TimeSpan> Run(CancellationToken stop)
    {
        world.ExcuseJobs();
        await postgres.Standby.Stop();
        var plan = orders.Canary(owner: null);
        await marketing.Pay(plan, stop);
        // The second is a repeat of what the primary has by then, and no standby.
        await Refused(plan, stop);
        world.ExcuseJobs();
        await Refused(plan, stop);
        world.ExcuseJobs();
        await postgres.StartStandby();
        var since = Stopwatch.StartNew();
        await marketing.Place(plan, stop);
        world.ExcuseJobs();
        return since.Elapsed;
    }

    private async Task Refused(PlannedOrder plan, CancellationToken stop)
    {
        using var panel = world.Client(Patience);
        using var content = new StringContent(plan.Body, Encoding.UTF8, "application/json");
        var since = Stopwatch.StartNew();
        try
        {
            using var answer = await panel.PostAsync(OrderDesk.Route, content, stop);
            _answered.Add(since.Elapsed);
            if ((int)answer.StatusCode != 503)
                _wrong.Add($"{plan.PaymentIntent} was answered with {(int)answer.StatusCode} while no standby had it");
            else if (answer.Headers.RetryAfter is null)
                _wrong.Add($"{plan.PaymentIntent} was not told when to try again");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            _wrong.Add($"{plan.PaymentIntent} was not answered within {Patience.TotalSeconds:0} s: {e.Message}");
        }
    }
}
