using System.Diagnostics;
using Dapper;
using MPanel.Benchmarks.Orders;
using MPanel.Benchmarks.Parts;
using MPanel.Database.Access;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Benchmarks.Sites;

/// <summary>From an admin's call until the node's visitors see what it asks for, one website after the other.</summary>
public sealed class SuspendWait(PanelPart panel, AgentProcess agent, string key)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <param name="Suspended">Milliseconds from the call to the first 503.</param>
    /// <param name="Resumed">Milliseconds from the call to the first 200 again.</param>
    public sealed record Wait(double Suspended, double Resumed);

    public static async Task<SuspendWait> Create(PanelPart panel, AgentProcess agent)
    {
        await using var db = await panel.Database.OpenConnectionAsync();
        return new SuspendWait(
            panel,
            agent,
            await ApiKeys.Create(db, "bench-sites", ["websites.view", "websites.manage"], expiresAt: null)
        );
    }

    public async Task<Wait> Of(SampleOrder order, CancellationToken stop)
    {
        await using var db = await panel.Database.OpenConnectionAsync(stop);
        var id = await db.ExecuteScalarAsync<long>("select id from websites where domain = @Domain", order);
        return new Wait(await Change(id, "suspend", order, 503, stop), await Change(id, "resume", order, 200, stop));
    }

    private async Task<double> Change(long id, string verb, SampleOrder order, int wanted, CancellationToken stop)
    {
        await using var client = await panel.Connect(stop);
        var request = WireClient.Request("POST", $"/api/admin/websites/{id}/{verb}", key, """{"reason":"unpaid"}""");
        var since = Stopwatch.StartNew();
        var answer = await client.Send(request, stop);
        if (answer.Status != 200)
            throw new InvalidOperationException($"The panel did not {verb} a website: {answer.Status} {answer.Body}");
        await Until(async () => await SiteVisit.Status(order.Domain, agent, stop) == wanted, $"answered {wanted}", stop);
        var seen = since.Elapsed.TotalMilliseconds;
        await using var db = await panel.Database.OpenConnectionAsync(stop);
        await Until(() => IsApplied(db, id), "was applied", stop);
        return seen;
    }

    // What comes next must find the node at rest.
    private static Task<bool> IsApplied(NpgsqlConnection db, long id) =>
        db.ExecuteScalarAsync<bool>(
            "select applied_revision = revision from placements where kind = 'hosting' and subject_id = @id",
            new { id }
        );

    private static async Task Until(Func<Task<bool>> state, string what, CancellationToken stop)
    {
        for (var since = Stopwatch.StartNew(); !await state(); await Task.Delay(5, stop))
            if (since.Elapsed > Bound)
                throw new TimeoutException($"A website never {what}.");
    }
}
