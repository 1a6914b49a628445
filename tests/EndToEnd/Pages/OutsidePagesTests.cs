using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>What those see who are not in, or may not go where they went. Screenshots go to artifacts/screenshots.</summary>
[Collection(RunningPanelTests.Name)]
public sealed class OutsidePagesTests(RunningPanel panel)
{
    [Theory]
    [InlineData("desktop", 1280, 900, ColorScheme.Light)]
    [InlineData("desktop-dark", 1280, 900, ColorScheme.Dark)]
    [InlineData("phone", 390, 844, ColorScheme.Light)]
    public async Task Page_ForWhoMayNot_SaysSoFitsAndBarsNobody(string screen, int width, int height, ColorScheme scheme)
    {
        await using var browser = await Browser.Start(panel);
        await using var nobody = await browser.Open(width, height, scheme);
        await using var supporter = await browser.OpenAs("support", width, height, scheme);
        var findings = new List<string>();

        await Look(nobody, "/login", 200, "login");
        await Look(nobody, "/orders", 200, "login-first");
        await Look(nobody, "/invitation?token=ended", 200, "invitation-ended");
        await Look(supporter, "/admin/users", 403, "forbidden");
        await Look(supporter, "/no-such-page", 404, "not-found");
        await Look(supporter, "/account/two-factor", 200, "two-factor-off");

        Assert.True(findings.Count == 0, string.Join('\n', findings));
        Assert.Empty(nobody.Complaints.Concat(supporter.Complaints));

        async Task Look(Window window, string path, int status, string name)
        {
            var answer = await window.Page.GotoAsync(path);
            await window.Screenshot($"outside-{name}-{screen}");
            if (answer!.Status != status)
                findings.Add($"{path} answered {answer.Status}");
            if (!await window.FitsItsWidth())
                findings.Add($"{path} is wider than the window");
            findings.AddRange((await window.SeriousBarriers()).Select(b => $"{path}: {b}"));
        }
    }
}
