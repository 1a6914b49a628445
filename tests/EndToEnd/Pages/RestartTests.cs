using Dapper;
using MPanel.Tests.EndToEnd.Launching;
using static Microsoft.Playwright.Assertions;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>A browser that is left open while the panel is started again under it.</summary>
[Collection(RunningPanelTests.Name)]
public sealed class RestartTests(RunningPanel panel)
{
    [Fact]
    public async Task TaskLog_WhenThePanelIsStartedAgain_GoesOnWhereItStopped()
    {
        await using var browser = await Browser.Start(panel);
        await using var window = await browser.OpenAs("admin");
        var order = await TestOrder.Place(panel);
        var task = await Done(browser, order);
        var log = window.Page.GetByRole(Microsoft.Playwright.AriaRole.Log);
        var lost = window.Page.Locator(".connection-lost");
        await window.Page.GotoAsync($"/provisioning/tasks/{task}");
        await Write(browser, task, "Written before the restart.");
        await Expect(log).ToContainTextAsync("Written before the restart.");
        var lines = await log.Locator(".log-time").CountAsync();

        panel.Up.Send(LauncherRun.Interrupt);
        await panel.Up.End();
        await Expect(lost).ToBeVisibleAsync();
        await panel.Start();
        await Write(browser, task, "Written after the restart.");

        // Nobody reloads the page, and no line comes twice.
        await Expect(log).ToContainTextAsync("Written after the restart.");
        await Expect(lost).ToBeHiddenAsync();
        Assert.Equal(lines + 1, await log.Locator(".log-time").CountAsync());
        await window.Screenshot("journey-restart");
    }

    private static async Task<long> Done(Browser browser, TestOrder order)
    {
        await using var db = await browser.Database();
        for (var tries = 0; tries < 1200; tries++)
        {
            var task = await db.QuerySingleOrDefaultAsync<long>(
                "select id from provisioning_tasks where domain = @Domain and status = 'success'",
                order
            );
            if (task > 0)
                return task;
            await Task.Delay(100);
        }
        throw new TimeoutException($"The hosting of {order.Domain} was never done.");
    }

    /// <summary>As the agent's next line.</summary>
    private static async Task Write(Browser browser, long task, string message)
    {
        await using var db = await browser.Database();
        await db.ExecuteAsync(
            """
            insert into task_log_lines (task_id, attempt, seq, at, level, message)
            select task_id, attempt, max(seq) + 1, now(), 'info', @message from task_log_lines where task_id = @task
            group by task_id, attempt order by attempt desc limit 1
            """,
            new { task, message }
        );
    }
}
