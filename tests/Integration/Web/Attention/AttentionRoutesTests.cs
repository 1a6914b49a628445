using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Integration.Web.Jobs;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Attention;

public sealed class AttentionRoutesTests(JobsPanel panel) : IClassFixture<JobsPanel>
{
    private const string Route = "/api/admin/attention";

    [Fact]
    public async Task List_OfAStoppedOrder_SaysWhyWhatItIsAboutAndWhatCanBeDone()
    {
        var (reference, job) = await panel.Stopped();
        using var all = await panel.Server.Client("orders.view", "orders.manage", "jobs.view", "jobs.manage");

        var page = await all.GetFromJsonAsync<JsonElement>($"{Route}?q={reference}");
        var item = Assert.Single(page.GetProperty("items").EnumerateArray());

        Assert.Equal((1, JsonValueKind.Null), (page.GetProperty("total").GetInt64(), page.GetProperty("next").ValueKind));
        Assert.Equal(
            """{"orders":0,"tasks":0,"payments":1,"servers":0,"websites":0,"jobs":0,"emails":0,"keys":0}""",
            JsonSerializer.Serialize(page.GetProperty("counts"))
        );
        Assert.Equal(
            (
                "payments",
                $"The payment of {reference} does not fit the order",
                "amount_mismatch",
                reference,
                "Client Name",
                $"/orders/{reference}"
            ),
            (
                Text(item, "kind"),
                Text(item, "title"),
                Text(item, "code"),
                Text(item, "orderReference"),
                Text(item, "customer"),
                Text(item, "page")
            )
        );
        Assert.StartsWith("Paid ", Text(item, "reason"), StringComparison.Ordinal);
        Assert.Contains("refund at Stripe", Text(item, "whatToDo"), StringComparison.Ordinal);
        Assert.Equal(
            [$"resume /api/admin/orders/{reference}/resume", $"cancel /api/admin/jobs/{job}/cancel"],
            item.GetProperty("actions").EnumerateArray().Select(a => $"{Text(a, "name")} {Text(a, "path")}")
        );
    }

    [Fact]
    public async Task Action_PostedToItsPath_MendsAndTheEntryGoes()
    {
        var (reference, _) = await panel.Stopped();
        await panel.Stripe.ClearFailures();
        using var admin = await panel.Server.Client("orders.view", "orders.manage");
        var item = (await admin.GetFromJsonAsync<JsonElement>($"{Route}?q={reference}")).GetProperty("items")[0];

        using var resumed = await admin.PostAsync(Text(item.GetProperty("actions")[0], "path"), null);
        await panel.Desk.UntilStatus(reference, "completed");

        Assert.Equal(200, (int)resumed.StatusCode);
        Assert.Equal(0, (await admin.GetFromJsonAsync<JsonElement>($"{Route}?q={reference}")).GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("orders.view", "payments")]
    [InlineData("provisioning.view", "tasks")]
    [InlineData("servers.view", "servers")]
    [InlineData("jobs.view", "jobs")]
    public async Task List_ForEachViewer_HasTheKindsTheyMaySeeAndNoAction(string permission, string kind)
    {
        await panel.Stopped();
        await FailedJob();
        await FailedTaskOnASilentServer();
        using var viewer = await panel.Server.Client(permission);

        var page = await viewer.GetFromJsonAsync<JsonElement>($"{Route}?pageSize=200");
        var items = page.GetProperty("items").EnumerateArray().ToList();

        Assert.Contains(kind, items.Select(i => Text(i, "kind")));
        Assert.All(
            items,
            i =>
            {
                Assert.Contains(Text(i, "kind"), kind == "payments" ? ["payments", "orders"] : new[] { kind });
                Assert.Empty(i.GetProperty("actions").EnumerateArray());
                Assert.True(permission == "orders.view" || i.GetProperty("customer").ValueKind == JsonValueKind.Null);
            }
        );
        foreach (var other in new[] { "payments", "tasks", "servers", "jobs" }.Where(o => o != kind))
        {
            Assert.Equal(0, (await viewer.GetFromJsonAsync<JsonElement>($"{Route}?kind={other}")).GetProperty("total").GetInt64());
            Assert.Equal(0, page.GetProperty("counts").GetProperty(other).GetInt64());
        }
    }

    [Fact]
    public async Task List_WithoutAnyOfItsPermissions_Returns403()
    {
        using var other = await panel.Server.Client(
            "dashboard.view",
            "customers.view",
            "orders.manage",
            "provisioning.retry",
            "jobs.manage"
        );

        Assert.Equal(403, (int)(await other.GetAsync(Route)).StatusCode);
    }

    private Task FailedJob() =>
        panel.Desk.Execute(
            """
            insert into outbox (key, kind, subject_kind, subject_id, title, state, attempt, spent, code, reason, correlation_id)
            values (gen_random_uuid()::text, 'mail', 'email', 1, 'x', 'stopped', 6, 6, 'boom', 'The post broke.', 'c')
            """
        );

    private async Task FailedTaskOnASilentServer()
    {
        var world = ProvisioningWorld.Of(panel.Server);
        var server = await world.Server();
        var task = await world.HostingTask(server);
        await world.Execute(Transitions.Free);
        await world.Execute(
            """
            with heard as (
                insert into server_heartbeats (server_id, received_at, agent_version, capabilities, free_slots, metrics)
                values (@server, now() - interval '1 hour', '1', '{}', 1, '{}')
            )
            update provisioning_tasks
            set status = 'failed', finished_at = now(), last_error_code = 'boom', last_error = 'It broke.' where id = @task
            """,
            new { server, task }
        );
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
