using System.Text.Json;
using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;
using MPanel.Tests.Support;
using MPanel.Web.Platform.Security.TwoFactor;

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
        // Who goes elsewhere before the answer is there has no session.
        await Page.WaitForURLAsync(address => new Uri(address).AbsolutePath != "/login");
        if (new Uri(Page.Url).AbsolutePath == "/account/two-factor")
            await SetUpTwoFactor(password);
    }

    /// <summary>As somebody with an authenticator app does it.</summary>
    public async Task SetUpTwoFactor(string password)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        await Page.Locator("#totp-secret").WaitForAsync();
        var secret = TestPhones.SecretOn(await Page.ContentAsync());
        await Page.GetByLabel("Code from the app").FillAsync(Totp.CodeAt(secret, DateTimeOffset.UtcNow));
        await Page.GetByLabel("Your password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await Page.WaitForURLAsync(address => new Uri(address).AbsolutePath != "/account/two-factor");
    }

    /// <summary>Into artifacts/screenshots, for people to look at.</summary>
    public Task Screenshot(string name) =>
        Page.ScreenshotAsync(
            new PageScreenshotOptions { Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}.png"), FullPage = true }
        );

    public Task<bool> FitsItsWidth() => Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth");

    /// <summary>Puts every word of the page into these letters, until the next page.</summary>
    /// <param name="css">Declarations, such as <c>font-family: "Noto Sans"</c>; empty for what the page itself asks for.</param>
    public Task Set(string css) =>
        Page.EvaluateAsync(
            """
            css => new Promise(settled => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(css ? `* { ${css} }` : "");
                document.adoptedStyleSheets = [sheet];
                // Scripts follow a page's new width with the next frame.
                requestAnimationFrame(() => requestAnimationFrame(settled));
            })
            """,
            css
        );

    /// <summary>Puts as much money into every amount as one may come to.</summary>
    public Task EnlargeAmounts() =>
        Page.EvaluateAsync("() => document.querySelectorAll('.money').forEach(money => money.textContent = '12,345,678.90 USD')");

    /// <summary>
    /// What does not have the room it needs: the page in the window, a list in its card, an amount of money in its cell, a part of an
    /// address in its line.
    /// </summary>
    public Task<string[]> Cramped() =>
        Page.EvaluateAsync<string[]>(
            """
            () => {
                const found = [], shown = e => e.getClientRects().length > 0 && !e.closest(".visually-hidden");
                const over = (e, edge) => Math.round(e.getBoundingClientRect().right - edge);
                const root = document.documentElement;
                if (root.scrollWidth > innerWidth) {
                    const beyond = [...document.querySelectorAll("body *")].filter(e => shown(e) && over(e, innerWidth) > 0).pop();
                    found.push(`the page is ${root.scrollWidth} px wide in a window of ${innerWidth} px: ${beyond?.outerHTML.slice(0, 120)}`);
                }
                for (const list of document.querySelectorAll(".table-responsive:has(> .card-table)"))
                    if (list.scrollWidth > list.clientWidth)
                        found.push(`a list must be scrolled sideways by ${list.scrollWidth - list.clientWidth} px: ${list.textContent.replace(/\s+/g, " ").slice(0, 80)}`);
                for (const money of document.querySelectorAll(".money")) {
                    const place = money.closest("td, th, dd, .card, .page-body");
                    if (shown(money) && over(money, place.getBoundingClientRect().right) > 0) found.push(`${money.textContent} is cut`);
                    if (shown(money) && lines(money.firstChild, /[\d.,]+/g)) found.push(`${money.textContent} is broken within its figures`);
                }
                for (const place of document.querySelectorAll("td.long, dl.facts dd, .address")) {
                    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
                    // A longer word has no better place to be broken at.
                    if (shown(place) && place.textContent.includes("@"))
                        while (texts.nextNode()) if (lines(texts.currentNode, /(?<!\w)\w{2,12}(?!\w)/g)) found.push(`${place.textContent.trim()} is broken within a word`);
                }
                return [...new Set(found)];

                function lines(text, words) {
                    if (text?.nodeType !== Node.TEXT_NODE) return false;
                    const range = document.createRange();
                    return [...text.data.matchAll(words)].some(word => {
                        range.setStart(text, word.index);
                        range.setEnd(text, word.index + word[0].length);
                        return new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1;
                    });
                }
            }
            """
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
