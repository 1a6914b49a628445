using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;
using MPanel.Tests.Support;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>The pages as people see them, in Debian's Chromium. Screenshots go to artifacts/screenshots.</summary>
[Collection(RunningPanelTests.Name)]
public sealed class StatusPageTests(RunningPanel panel)
{
    [Theory]
    [InlineData("desktop", 1280, 800, ColorScheme.Light)]
    [InlineData("desktop-dark", 1280, 800, ColorScheme.Dark)]
    [InlineData("phone", 360, 740, ColorScheme.Light)]
    public async Task StatusPage_InABrowser_IsStyledFitsAndComplainsOfNothing(string name, int width, int height, ColorScheme scheme)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = "/usr/bin/chromium",
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--no-first-run",
                ],
            }
        );
        var page = await browser.NewPageAsync(
            new BrowserNewPageOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = scheme,
            }
        );
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        page.RequestFailed += (_, request) => complaints.Add($"failed: {request.Url}");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Port != panel.Settings.PagesPort)
                complaints.Add($"outside: {request.Url}");
        };

        await page.GotoAsync($"http://127.0.0.1:{panel.Settings.PagesPort}/status");
        await page.ScreenshotAsync(
            new PageScreenshotOptions
            {
                Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"status-{name}.png"),
                FullPage = true,
            }
        );

        Assert.StartsWith("Everything works", await page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("no real money moves", await page.Locator(".alert").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(3, await page.Locator(".checks li .status-green").CountAsync());
        // The style sheet is there: without it the list is indented.
        Assert.Equal("0px", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.checks')).paddingLeft"));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(complaints);
    }
}
