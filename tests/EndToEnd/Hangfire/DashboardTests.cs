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

        await window.Page.GotoAsync("/orders");
        await window
            .Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })
            .GetByRole(AriaRole.Link, new() { Name = "Jobs" })
            .ClickAsync();
        await window.Page.WaitForURLAsync("**/hangfire");
        foreach (var step in new[] { "Payment", "Customer", "Order", "Subscriptions", "Invoice", "Tasks" })
            await UntilListed(window, "succeeded", $"{step} for {order.Reference}");
        // A twin of the task, once the agent is through with it.
        await UntilListed(window, "succeeded", $"Set up hosting of {order.Domain} ({order.Reference})");
        await window.Screenshot("hangfire-succeeded");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Requeue jobs" })).ToHaveCountAsync(0);
        await window.Page.GotoAsync("/hangfire/tasks");
        await window.Screenshot("hangfire-tasks");

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Back to site" }).ClickAsync();

        await window.Page.WaitForURLAsync("**/dashboard");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Requeue_OfAStoppedOrder_PressedInTheBrowser_TriesItAgain()
    {
        var order = await TestOrder.Place(panel, unitPrice: 19.00m);
        await using var window = await _browser.OpenAs("admin");
        await UntilListed(window, "failed", $"Order for {order.Reference}");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = $"Order for {order.Reference}" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = order.Reference, Exact = true }))
            .ToHaveAttributeAsync("href", $"/orders/{order.Reference}");
        await Expect(window.Page.GetByText("price_mismatch").First).ToBeVisibleAsync();
        await window.Screenshot("hangfire-failed");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Requeue" }).ClickAsync();

        await using var db = await _browser.Database();
        await Eventually.True(
            () =>
                db.QuerySingleAsync<bool>(
                    """
                    select exists (
                        select from audit_entries a join outbox o on a.subject = 'job ' || o.id
                        where a.action = 'job.retried' and o.title = @Reference
                    )
                    """,
                    order
                ),
            Patience,
            () => "The retry is not audited."
        );
        Assert.Empty(window.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light, null, false)]
    [InlineData(ColorScheme.Dark, null, true)]
    [InlineData(ColorScheme.Light, "dark", true)]
    [InlineData(ColorScheme.Dark, "light", false)]
    public async Task Pages_InLightAndDark_AreAsChosenInThePanelAndBarNobody(ColorScheme system, string? chosen, bool dark)
    {
        var order = await TestOrder.Place(panel, unitPrice: 19.00m);
        await using var window = await _browser.OpenAs("admin", scheme: system);
        if (chosen is not null)
            await window.Page.EvaluateAsync("chosen => localStorage.setItem('theme', chosen)", chosen);
        await UntilListed(window, "failed", $"Order for {order.Reference}");
        var details = await window.Page.GetByRole(AriaRole.Link, new() { Name = $"Order for {order.Reference}" }).GetAttributeAsync("href");
        var findings = new List<string>();

        foreach (
            var path in new[]
            {
                "/hangfire",
                "/hangfire/jobs/enqueued",
                "/hangfire/jobs/succeeded",
                "/hangfire/jobs/failed",
                "/hangfire/recurring",
                "/hangfire/servers",
                "/hangfire/tasks",
                details!,
            }
        )
        {
            await window.Page.GotoAsync(path);
            var background = await window.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
            if (dark != (background == "rgb(34, 39, 46)"))
                findings.Add($"{path} is drawn on {background}");
            findings.AddRange((await window.SeriousBarriers()).Select(b => $"{path}: {b}"));
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
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
