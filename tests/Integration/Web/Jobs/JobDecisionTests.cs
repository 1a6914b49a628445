using System.Net.Http.Json;
using System.Text.Json;

namespace MPanel.Tests.Integration.Web.Jobs;

public sealed class JobDecisionTests(JobsPanel panel) : IClassFixture<JobsPanel>
{
    private const string Jobs = "/api/admin/jobs";

    [Fact]
    public async Task One_OfAStoppedOrder_ShowsItsSteps()
    {
        var (reference, job) = await panel.Stopped();

        var shown = await panel.Desk.Http.GetFromJsonAsync<JsonElement>($"{Jobs}/{job}");

        Assert.Equal(reference, shown.GetProperty("job").GetProperty("subject").GetString());
        Assert.Equal("amount_mismatch", shown.GetProperty("job").GetProperty("code").GetString());
        Assert.Equal(
            ["Payment stopped", "Customer to_come", "Order to_come", "Subscriptions to_come", "Invoice to_come", "Tasks to_come"],
            shown
                .GetProperty("steps")
                .EnumerateArray()
                .Select(s => $"{s.GetProperty("title").GetString()} {s.GetProperty("state").GetString()}")
        );
        Assert.Equal(404, (int)(await panel.Desk.Http.GetAsync($"{Jobs}/{long.MaxValue}")).StatusCode);
    }

    [Fact]
    public async Task Cancel_OfAStoppedOrder_RejectsItOnceAndIsAudited()
    {
        var (reference, job) = await panel.Stopped();

        using var cancelled = await panel.Desk.Http.PostAsync($"{Jobs}/{job}/cancel", null);
        using var again = await panel.Desk.Http.PostAsync($"{Jobs}/{job}/cancel", null);
        using var unknown = await panel.Desk.Http.PostAsync($"{Jobs}/0/cancel", null);

        Assert.Equal((200, 409, 404), ((int)cancelled.StatusCode, (int)again.StatusCode, (int)unknown.StatusCode));
        Assert.Equal("not_cancellable", (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal("cancelled", await panel.State(job));
        Assert.Equal(1, await panel.Audited("job.cancelled", job));
        await panel.Desk.UntilStatus(reference, "rejected");
    }

    [Fact]
    public async Task RetryMany_OfStoppedAndOthers_SaysOfEachWhatBecameOfIt()
    {
        var (one, first) = await panel.Stopped();
        var (two, second) = await panel.Stopped();
        var (three, third) = await panel.Stopped();
        await panel.Stripe.ClearFailures();
        (await panel.Desk.Http.PostAsync($"{Jobs}/{third}/cancel", null)).Dispose();

        using var answer = await panel.Desk.Http.PostAsJsonAsync($"{Jobs}/retry", new { ids = new[] { first, second, third, 0 } });
        var summary = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal([first, second], summary.GetProperty("done").EnumerateArray().Select(i => i.GetInt64()));
        Assert.Equal(
            ["0 not_found", $"{third} not_failed"],
            summary.GetProperty("refused").EnumerateArray().Select(r => $"{r.GetProperty("id")} {r.GetProperty("code").GetString()}")
        );
        await panel.Desk.UntilStatus(one, "completed");
        await panel.Desk.UntilStatus(two, "completed");
        await panel.Desk.UntilStatus(three, "rejected");
        using var nothing = await panel.Desk.Http.PostAsJsonAsync($"{Jobs}/retry", new { ids = Array.Empty<long>() });
        Assert.Equal(400, (int)nothing.StatusCode);
    }

    [Fact]
    public async Task EveryChange_WithoutItsPermission_Returns403AndChangesNothing()
    {
        var (_, job) = await panel.Stopped();
        using var viewer = await panel.Server.Client("jobs.view");

        Assert.Equal(403, (int)(await viewer.PostAsync($"{Jobs}/{job}/cancel", null)).StatusCode);
        Assert.Equal(403, (int)(await viewer.PostAsJsonAsync($"{Jobs}/retry", new { ids = new[] { job } })).StatusCode);
        Assert.Equal("stopped", await panel.State(job));
    }
}
