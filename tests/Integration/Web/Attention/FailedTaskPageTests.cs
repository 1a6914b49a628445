using MPanel.Tests.Integration.Web.Agents;

namespace MPanel.Tests.Integration.Web.Attention;

/// <summary>Provisioning tasks that failed, on the page of what needs attention.</summary>
public sealed class FailedTaskPageTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    [Fact]
    public async Task Bulk_RetryAndCancel_SaysWhatWasDoneAndWhatRefused()
    {
        var agent = await panel.Agent();
        var (first, second, third) = (await Failed(agent), await Failed(agent), await Failed(agent));
        var waiting = await panel.World.HostingTask(agent.ServerId);
        using var admin = await panel.Server.SignIn("provisioning.view", "provisioning.retry");
        const string page = "/attention?kind=tasks";

        Assert.Contains($"href=\"/provisioning/tasks/{first}\"", await admin.GetStringAsync(page), StringComparison.Ordinal);
        using var retried = await admin.PostForm("/attention?handler=RetryTask&kind=tasks", Ids(first, second, waiting), page);
        var html = await admin.GetStringAsync(page);
        using var cancelled = await admin.PostForm($"/attention?handler=CancelTask&kind=tasks&only={third}", Ids(first), page);

        Assert.Contains("2 are tried again.", html, StringComparison.Ordinal);
        Assert.Contains($"1 was left as it is: Task {waiting} is pending.", html, StringComparison.Ordinal);
        Assert.Contains($"Task {third} is cancelled.", await admin.GetStringAsync(page), StringComparison.Ordinal);
        Assert.Equal(
            ("pending", "pending", "cancelled"),
            (await panel.World.Status(first), await panel.World.Status(second), await panel.World.Status(third))
        );
    }

    private async Task<long> Failed(Agent agent)
    {
        var task = await panel.World.HostingTask(agent.ServerId);
        var lease = (await agent.Claim())!.LeaseToken;
        await agent.Fail(task, lease, permanent: true);
        return task;
    }

    private static List<KeyValuePair<string, string>> Ids(params long[] ids) =>
        [.. ids.Select(id => new KeyValuePair<string, string>("ids", $"{id}"))];
}
