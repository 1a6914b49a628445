using System.Diagnostics;
using Dapper;
using MPanel.Benchmarks.Load;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Tests.Support;

namespace MPanel.Benchmarks.Sites;

/// <param name="Answering">Milliseconds from sending the order to the site's first 200.</param>
/// <param name="AllDone">Milliseconds until all of its hosting tasks have succeeded.</param>
public sealed record SiteWait(double Answering, double AllDone)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    public static async Task<SiteWait> Of(SampleOrder order, PanelPart panel, WireClient client, AgentProcess agent, CancellationToken stop)
    {
        var since = Stopwatch.StartNew();
        await Posting.Accepted(client, order.Request(panel.Key), stop);
        await Until(async () => await SiteVisit.Status(order.Domain, agent, stop) == 200, "answered", since, agent, stop);
        var answering = since.Elapsed.TotalMilliseconds;
        await using var db = await panel.Database.OpenConnectionAsync(stop);
        await Until(() => HostingDone(order), "was done", since, agent, stop);
        return new SiteWait(answering, since.Elapsed.TotalMilliseconds);

        // The next order must find the node at rest.
        Task<bool> HostingDone(SampleOrder placed) =>
            db.ExecuteScalarAsync<bool>(
                "select coalesce(bool_and(status = 'success'), false) from provisioning_tasks where domain = @Domain and type = 'hosting'",
                placed
            );
    }

    private static async Task Until(Func<Task<bool>> state, string what, Stopwatch since, AgentProcess agent, CancellationToken stop)
    {
        for (; !await state(); await Task.Delay(5, stop))
            if (since.Elapsed > Bound)
                throw new TimeoutException($"A site never {what}. The agent said:\n{End(agent.Log)}");
    }

    private static string End(string text) => text.Length <= 3000 ? text : text[^3000..];
}
