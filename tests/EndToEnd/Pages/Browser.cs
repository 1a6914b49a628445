using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>Debian's Chromium, and people of the running panel who use it.</summary>
public sealed class Browser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;
    private readonly RunningPanel _panel;

    private Browser(IPlaywright playwright, IBrowser chromium, RunningPanel panel) =>
        (_playwright, _chromium, _panel) = (playwright, chromium, panel);

    /// <summary>For whatever a page has to come to: a bound for what never comes, not a measure of the machine.</summary>
    private const float Patience = 60_000;

    public static async Task<Browser> Start(RunningPanel panel)
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(
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
        return new Browser(playwright, chromium, panel);
    }

    public string Address => $"http://127.0.0.1:{_panel.Settings.PagesPort}";

    /// <summary>A window of nobody in particular.</summary>
    public async Task<Window> Open(int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await _chromium.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = Address,
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = scheme,
            }
        );
        context.SetDefaultTimeout(Patience);
        return new Window(await context.NewPageAsync(), _panel.Settings.PagesPort);
    }

    /// <summary>A window of a new user with one of the panel's roles, signed in.</summary>
    public async Task<Window> OpenAs(string role, int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        await using var db = await Database();
        var user = await TestUser.WithRole(db, role);
        var window = await Open(width, height, scheme);
        await window.SignIn(user.Email, TestUser.Password);
        return window;
    }

    /// <summary>The running panel's database, for what a test needs to be there.</summary>
    public async Task<NpgsqlConnection> Database()
    {
        var password = (await File.ReadAllTextAsync(Path.Combine(_panel.Settings.DataDirectory, "secrets", "postgres-mpanel"))).Trim();
        var db = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={_panel.Settings.Ports[2]};Database=mpanel;Username=mpanel;Password={password};Pooling=false"
        );
        await db.OpenAsync();
        return db;
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
