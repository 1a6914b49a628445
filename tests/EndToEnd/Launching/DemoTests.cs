using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MPanel.Tests.EndToEnd.Launching;

/// <summary>The whole path on real parts: payment, intake, chain, task, agent, nginx, website.</summary>
[Collection(RunningPanelTests.Name)]
public sealed partial class DemoTests(RunningPanel panel)
{
    [Fact]
    public async Task Demo_OfTheExampleOrder_EndsWithAnAnsweringSite()
    {
        var domain = $"e2e-{Guid.NewGuid():N}.example";

        var said = await panel.Settings.RunToEnd(0, "demo", "--domain", domain);

        Assert.Contains("202, accepted", said, StringComparison.Ordinal);
        Assert.All(
            ["payment", "customer", "order", "subscriptions", "invoice", "tasks"],
            step => Assert.Matches($@"\+\s*[0-9.]+ s\s+{step}\s+done", said)
        );
        var (status, body) = await panel.Site(domain);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(domain, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_OfTwoHostingProductsOnOneDomain_IsOneSiteOfOneRevision()
    {
        var domain = $"e2e-{Guid.NewGuid():N}.example";
        await panel.Settings.RunToEnd(0, "demo", "--domain", domain);

        var (_, body) = await panel.Site(domain, "/.well-known/mpanel-site");

        Assert.Matches(@"\Awebsite: [0-9]+\nrevision: 1\nconfig: [0-9a-f]{64}\n\z", body);
    }

    [Fact]
    public async Task Demo_OfTheSamePayment_ChangesNothing()
    {
        var domain = $"e2e-{Guid.NewGuid():N}.example";
        var first = await panel.Settings.RunToEnd(0, "demo", "--domain", domain);
        var reference = Reference().Match(first).Groups[1].Value;
        var before = await Order(reference);

        var second = await panel.Settings.RunToEnd(
            0,
            "demo",
            "--domain",
            domain,
            "--payment-intent",
            Payment().Match(first).Groups[1].Value
        );

        Assert.Equal(reference, Reference().Match(second).Groups[1].Value);
        Assert.Contains("200, this payment was ordered before", second, StringComparison.Ordinal);
        Assert.Equal(before, await Order(reference));
    }

    [Fact]
    public async Task Site_AfterARestart_AnswersAsBefore()
    {
        var domain = $"e2e-{Guid.NewGuid():N}.example";
        await panel.Settings.RunToEnd(0, "demo", "--domain", domain);
        var (_, before) = await panel.Site(domain);

        panel.Up.Send(LauncherRun.Interrupt);
        await panel.Up.End();
        await panel.Start();

        Assert.Equal((HttpStatusCode.OK, before), await panel.Site(domain));
    }

    [Fact]
    public async Task Order_WhenAllHostingIsDone_SaysWhichNodesTheRestWaitsFor()
    {
        var domain = $"e2e-{Guid.NewGuid():N}.example";
        var said = await panel.Settings.RunToEnd(0, "demo", "--domain", domain);

        Assert.Contains("backup: pending, waiting for a node that can do backup", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Site_OfAnUnknownDomain_DoesNotAnswer() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => panel.Site("nobody.example"));

    /// <summary>The order as the marketing API sees it, whole.</summary>
    private async Task<string> Order(string reference)
    {
        using var response = await panel.Api(HttpMethod.Get, $"/api/public/orders/{reference}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return JsonSerializer.Serialize(json.RootElement);
    }

    [GeneratedRegex(@"Order\s+(\S+):")]
    private static partial Regex Reference();

    [GeneratedRegex(@"Payment\s+(pi_\w+),")]
    private static partial Regex Payment();
}
