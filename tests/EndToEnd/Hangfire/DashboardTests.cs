using Dapper;
using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;
using MPanel.Tests.EndToEnd.Pages;
using static Microsoft.Playwright.Assertions;

namespace MPanel.Tests.EndToEnd.Hangfire;

/// <summary>Hangfire's own dashboard in a browser, on a whole running panel.</summary>
[Collection(RunningPanelTests.Name)]
public sealed class DashboardTests(RunningPanel panel) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Browser _browser = null!;

    public async ValueTask InitializeAsync() => _browser = await Browser.Start(panel);

    public async ValueTask DisposeAsync() => await _browser.DisposeAsync();

    [Fact]
    public async Task Chain_OfAnOrder_IsReadAndTheWayBackFound()
    {
        var order = await TestOrder.Place(panel);
        await using var window = await _browser.OpenAs("support");

        await window.Page.GotoAsync("/jobs");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Hangfire's dashboard" }).ClickAsync();
        foreach (var step in new[] { "Payment", "Customer", "Order", "Subscriptions", "Invoice", "Tasks" })
            await UntilListed(window, "succeeded", $"{step} for {order.Reference} (");
        // A twin of the task, once the agent is through with it.
        await UntilListed(window, "succeeded", $"Create hosting of {order.Domain} ({order.Reference})");
        await window.Screenshot("hangfire-succeeded");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Requeue jobs" })).ToHaveCountAsync(0);
        await window.Page.GotoAsync("/hangfire/tasks");
        await window.Screenshot("hangfire-tasks");

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Back to site" }).ClickAsync();

        await window.Page.WaitForURLAsync("**/dashboard");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Requeue_OfAStepInReview_PressedInTheBrowser_TriesItAgain()
    {
        var order = await TestOrder.Place(panel, unitPrice: 19.00m);
        await using var window = await _browser.OpenAs("admin");
        await UntilListed(window, "failed", $"Order for {order.Reference} (");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = $"Order for {order.Reference}" }).ClickAsync();
        await Expect(window.Page.GetByText("price_mismatch").First).ToBeVisibleAsync();
        await window.Screenshot("hangfire-failed");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Requeue" }).ClickAsync();

        await using var db = await _browser.Database();
        await Eventually.True(
            () =>
                db.QuerySingleAsync<bool>(
                    """
                    select exists (
                        select from audit_entries a join job_steps s on a.subject = 'job ' || s.id join job_chains c on c.id = s.chain_id
                        where a.action = 'job.retried' and c.subject = @Reference
                    )
                    """,
                    order
                ),
            Patience,
            () => "The retry is not audited."
        );
        Assert.Empty(window.Complaints);
    }

    private static Task UntilListed(Window window, string state, string job) =>
        Eventually.True(
            async () =>
            {
                await window.Page.GotoAsync($"/hangfire/jobs/{state}?count=100");
                return await window.Page.GetByRole(AriaRole.Link, new() { Name = job }).CountAsync() == 1;
            },
            Patience,
            () => $"{job} is not listed as {state}."
        );
}
