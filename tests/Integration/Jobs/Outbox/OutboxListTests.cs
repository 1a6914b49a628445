using Dapper;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;

namespace MPanel.Tests.Integration.Jobs.Outbox;

/// <summary>What is read of the outbox, and when it forgets.</summary>
public sealed class OutboxListTests : IAsyncLifetime
{
    private OutboxDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await OutboxDesk.Open();

    public async ValueTask DisposeAsync() => await _desk.DisposeAsync();

    [Fact]
    public async Task List_PageAfterPage_ShowsEachOnce()
    {
        await _desk.AddMany(10);

        var seen = new List<JobRow>();
        SliceEdge? edge = null;
        do
        {
            var slice = await JobList.Read(_desk.Connection, new JobListFilter(), new SliceRequest(JobList.Sorts[0], true, edge, 3));
            seen.AddRange(slice.Rows);
            edge = slice.Next;
        } while (edge is not null);

        Assert.Equal(10, seen.Select(s => s.Id).Distinct().Count());
        Assert.Equal(seen.OrderByDescending(s => s.Id), seen);
    }

    [Fact]
    public async Task List_ByEachFilter_HasThoseAndCountsThem()
    {
        await OneOfEach();
        await _desk.Add("other", kind: "other");

        Assert.Equal(["other", "due"], await Titles(new JobListFilter("ready")));
        Assert.Equal(["waiting"], await Titles(new JobListFilter("waiting")));
        Assert.Equal(["running"], await Titles(new JobListFilter("running")));
        Assert.Equal(["stopped"], await Titles(new JobListFilter("stopped")));
        Assert.Equal(["done"], await Titles(new JobListFilter("done")));
        Assert.Equal(["given up"], await Titles(new JobListFilter("cancelled")));
        Assert.Equal(["other"], await Titles(new JobListFilter(Kind: "other")));
        Assert.Empty(await Titles(new JobListFilter(Kind: "none")));
    }

    [Fact]
    public async Task List_ByReference_HasTheWorkOnThatOrder()
    {
        var intake = await _desk.Connection.QuerySingleAsync<(long Id, string Reference)>(
            """
            insert into order_intakes (stripe_payment_intent_id, body_digest, body, correlation_id)
            values ('pi_1', decode(repeat('00', 32), 'hex'), '{}', 'c') returning id, reference
            """
        );
        await _desk.Add(intake.Reference, $"order:{intake.Id}");
        await _desk.Add(intake.Reference, "note about it");

        Assert.Equal([intake.Reference], await Titles(new JobListFilter(Reference: intake.Reference)));
        Assert.Empty(await Titles(new JobListFilter(Reference: "ORD-0")));
    }

    [Fact]
    public async Task Counts_OfSeveralStates_CountEach()
    {
        await OneOfEach();
        var late = await _desk.Add("late");
        await _desk.Execute("update outbox set due_at = now() - interval '1 minute' where id = @late", new { late });
        await _desk.Execute("update outbox set kind = 'order' where title = 'stopped'");

        var counts = await QueueCounts.Run(_desk.Connection, default);

        Assert.Equal((2, 1, 1, 1, 0), (counts.Ready, counts.Waiting, counts.Running, counts.StoppedOrders, counts.Stopped));
        Assert.InRange(counts.LagSeconds, 60, 70);
    }

    [Fact]
    public async Task Counts_OfNothing_AreZero() =>
        Assert.Equal(new QueueState(0, 0, 0, 0, 0, 0), await QueueCounts.Run(_desk.Connection, default));

    [Fact]
    public async Task Prune_OfOldWork_KeepsWhatStoppedIsOpenOrNotShownYet()
    {
        await OneOfEach();
        var recent = await _desk.Begun("recent");
        await _desk.End(recent, JobState.Done, 6);
        while (await ShowSteps.Run(_desk.Connection, OutboxDesk.Face, 100, default) > 0) { }
        var unshown = await _desk.Begun("unshown");
        await _desk.End(unshown, JobState.Done, 6);
        await _desk.Execute(
            """
            update outbox set updated_at = now() - interval '10 days',
                done_at = case when done_at is not null and title <> 'recent' then now() - interval '10 days' else done_at end
            """
        );

        Assert.Equal(2, await PruneJobs.Run(_desk.Connection, TimeSpan.FromDays(9), 100, default));
        Assert.Equal(
            ["due", "recent", "running", "stopped", "unshown", "waiting"],
            await _desk.Connection.QueryAsync<string>("select title from outbox order by title")
        );
    }

    /// <summary>Work in each state, named for it.</summary>
    private async Task OneOfEach()
    {
        await _desk.Begun("running");
        await _desk.Wait(await _desk.Begun("waiting"), TimeSpan.FromHours(1));
        await _desk.Stop(await _desk.Begun("stopped"));
        await _desk.End(await _desk.Begun("done"), JobState.Done, 6);
        await _desk.End(await _desk.Begun("given up"), JobState.Cancelled, 0, code: "code", reason: "Why.");
        await _desk.Add("due");
    }

    /// <summary>Of what the list has, which must be as many as it counts.</summary>
    private async Task<string[]> Titles(JobListFilter filter)
    {
        var slice = await JobList.Read(_desk.Connection, filter, new SliceRequest(JobList.Sorts[0], true, null, 50));
        Assert.Equal(new ListTotal(slice.Rows.Count, true), await JobList.Count(_desk.Connection, filter));
        return [.. slice.Rows.Select(r => r.Title)];
    }
}
