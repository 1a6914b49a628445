using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;
using MPanel.Tests.Support;
using MPanel.Web.Platform.Modules;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>
/// Every page of a panel with an order in it, in a browser: it opens, fits, complains of nothing, and bars nobody. The pictures in
/// artifacts/screenshots are for people to look at.
/// </summary>
[Collection(RunningPanelTests.Name)]
public sealed partial class EveryPageTests(RunningPanel panel)
{
    [Theory]
    [InlineData("desktop", 1280, 900, ColorScheme.Light)]
    [InlineData("desktop-dark", 1280, 900, ColorScheme.Dark)]
    [InlineData("phone", 390, 844, ColorScheme.Light)]
    public async Task Page_InABrowser_FitsBarsNobodyAndComplainsOfNothing(string screen, int width, int height, ColorScheme scheme)
    {
        await using var browser = await Browser.Start(panel);
        await panel.Settings.RunToEnd(0, "demo");
        await using var window = await browser.OpenAs("super_admin", width, height, scheme);
        var findings = new List<string>();

        foreach (var path in await Paths(browser))
        {
            var answer = await window.Page.GotoAsync(path);
            await window.Page.WaitForFunctionAsync("() => !document.querySelector('.htmx-request')");
            await window.Screenshot($"{path.Trim('/').Replace('/', '-')}-{screen}");
            if (answer!.Status != 200)
                findings.Add($"{path} answered {answer.Status}");
            if (!await window.FitsItsWidth())
                findings.Add($"{path} is wider than the window");
            findings.AddRange((await window.SeriousBarriers()).Select(b => $"{path}: {b}"));
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
        Assert.Empty(window.Complaints);
    }

    /// <summary>A visitor's letters are not ours: these are narrower and wider than what the page asks for here.</summary>
    private static readonly string[] Letters =
    [
        "",
        "font-family: \"Noto Sans\" !important",
        "font-family: \"DejaVu Sans\" !important; letter-spacing: .05em !important",
    ];

    [Fact]
    public async Task Page_InAnyWidthAndFont_HasRoomForWhatItShows()
    {
        await using var browser = await Browser.Start(panel);
        await panel.Settings.RunToEnd(0, "demo", "--domain", $"long-{Guid.NewGuid():N}.example", "--email", LongContent.Email);
        await using var db = await browser.Database();
        await LongContent.Seed(db);
        await using var window = await browser.OpenAs("super_admin");
        var findings = new List<string>();

        await HasTwoFonts(window);
        foreach (var path in await Paths(browser))
        {
            await window.Page.GotoAsync(path);
            await window.EnlargeAmounts();
            foreach (var width in new[] { 390, 820, 1366 })
            {
                await window.Page.SetViewportSizeAsync(width, 900);
                foreach (var letters in Letters)
                {
                    await window.Set(letters);
                    findings.AddRange((await window.Cramped()).Select(c => $"{path} at {width} px in [{letters}]: {c}"));
                }
            }
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    /// <summary>Where a font is missing another stands in, and nothing would be tried.</summary>
    private static async Task HasTwoFonts(Window window)
    {
        var widths = await window.Page.EvaluateAsync<float[]>(
            """
            () => ["Noto Sans", "DejaVu Sans", "no such font"].map(font => {
                const pen = document.createElement("canvas").getContext("2d");
                pen.font = `16px "${font}", monospace`;
                return pen.measureText("Customers and their invoices").width;
            })
            """
        );
        Assert.True(widths.Distinct().Count() == 3, "Install fonts-noto-core and fonts-dejavu-core: one of them is missing.");
    }

    /// <summary>Every module, and one of everything that has a page of its own.</summary>
    private static async Task<IReadOnlyList<string>> Paths(Browser browser)
    {
        await using var db = await browser.Database();
        var details = await Dapper.SqlMapper.QueryAsync<string>(
            db,
            """
            (select '/orders/' || reference from orders order by id desc limit 1)
            union all (select '/admin/customers/' || id from customers order by id desc limit 1)
            union all (select '/products/' || code from products order by id limit 1)
            union all (select '/subscriptions/' || id from subscriptions order by id desc limit 1)
            union all (select '/invoices/' || id from invoices order by id desc limit 1)
            union all (select '/payments/' || id from payments order by id desc limit 1)
            union all (select '/provisioning/tasks/' || id from provisioning_tasks where status = 'success' order by id desc limit 1)
            union all (select '/servers/' || id from servers where name = 'srv1')
            union all (select '/websites/' || id from websites order by id desc limit 1)
            union all (select '/domains/' || id from domains order by id desc limit 1)
            union all (select '/admin/users/' || id from users order by id limit 1)
            union all (select '/hangfire/jobs/details/' || id from hangfire.job where statename = 'Succeeded' order by id desc limit 1)
            union all (select '/admin/customers/' || id || '/edit' from customers order by id desc limit 1)
            union all (select '/products/' || code || '/edit' from products order by id limit 1)
            union all (select '/servers/' || id || '/edit' from servers where name = 'srv1')
            union all (select '/role-management/' || id from roles where code = 'support')
            union all (select '/security/audit/' || id from audit_entries order by id desc limit 1)
            """
        );
        return [.. PanelModules.All.Select(m => m.Route).Union(Routes()), .. details, "/search?q=example"];
    }

    /// <summary>What the pages' own files say, so that none is forgotten; without those that nobody who is signed in comes to.</summary>
    private static IEnumerable<string> Routes() =>
        Directory
            .GetFiles(Path.Combine(Repository.Root, "MPanel.Web", "Pages"), "*.cshtml", SearchOption.AllDirectories)
            .SelectMany(f => PageDirective().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .Except(["/error", "/logout", "/login", "/login/code", "/invitation", "/coming-soon"])
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("""^@page "(/[^"{]+)"$""", RegexOptions.Multiline)]
    private static partial Regex PageDirective();
}
