using System.Text.Json;
using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>A browser window that keeps what its pages complain of: console messages, failed requests, requests to elsewhere.</summary>
public sealed class Window : IAsyncDisposable
{
    private static readonly Lazy<string> Axe = new(() =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "EndToEnd", "lib", "axe-core", "axe.min.js"))
    );

    private readonly List<string> _complaints = [];

    public Window(IPage page, int port)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            // What the browser itself says of an answer with an error status is no complaint of the page's.
            if (!message.Text.StartsWith("Failed to load resource: the server responded", StringComparison.Ordinal))
                _complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add($"error: {error}");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https" } address && address.Port != port)
                _complaints.Add($"outside: {request.Url}");
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints => _complaints;

    public async Task SignIn(string email, string password)
    {
        await Page.GotoAsync("/login");
        await Page.GetByLabel("E-mail address").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>Into artifacts/screenshots, for people to look at.</summary>
    public Task Screenshot(string name) =>
        Page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}.png"), FullPage = true }
        );

    public Task<bool> FitsItsWidth() => Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth");

    public Task<bool> ShowsItsTablesWhole() =>
        Page.EvaluateAsync<bool>(
            "[...document.querySelectorAll('.table-responsive:has(> .card-table)')].every(t => t.scrollWidth <= t.clientWidth)"
        );

    /// <summary>What axe-core finds serious or worse on the page: rule, why, and where.</summary>
    public async Task<IReadOnlyList<string>> SeriousBarriers()
    {
        await Page.EvaluateAsync(Axe.Value);
        var found = await Page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter(v => ['serious', 'critical'].includes(v.impact))"
        );
        return
        [
            .. found
                .EnumerateArray()
                .Select(v =>
                    $"{v.GetProperty("id").GetString()}: {v.GetProperty("help").GetString()}: "
                    + string.Join(
                        " | ",
                        v.GetProperty("nodes")
                            .EnumerateArray()
                            .Take(3)
                            .Select(n => n.GetProperty("html").GetString() + " " + n.GetProperty("failureSummary").GetString())
                    )
                ),
        ];
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
