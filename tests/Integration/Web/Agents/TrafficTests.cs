using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Database.Provisioning;
using MPanel.NodeAgent.Contract;

namespace MPanel.Tests.Integration.Web.Agents;

public sealed class TrafficTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    [Fact]
    public async Task Report_Repeated_ChangesNothingAndLessTakesNothingBack()
    {
        var (agent, site) = await Site();

        Assert.Equal(new TrafficResponse(1, 0), await Say(agent, new TrafficItem(site, Today, 5, 50, 500)));
        await Say(agent, new TrafficItem(site, Today, 5, 50, 500));
        await Say(agent, new TrafficItem(site, Today, 9, 40, 400));

        Assert.Equal("9 50 500", await Kept(site, Today));
    }

    [Fact]
    public async Task Report_OfOneDayTwice_CountsTheLarger()
    {
        var (agent, site) = await Site();

        var answer = await Say(agent, new TrafficItem(site, Today, 5, 50, 500), new TrafficItem(site, Today, 3, 60, 400));

        Assert.Equal((new TrafficResponse(1, 0), "5 60 500"), (answer, await Kept(site, Today)));
    }

    [Fact]
    public async Task Report_OfAnothersWebsite_IsIgnored()
    {
        var (agent, site) = await Site();
        var (_, others) = await Site();

        var answer = await Say(
            agent,
            new TrafficItem(site, Today, 1, 1, 1),
            new TrafficItem(others, Today, 1, 1, 1),
            new TrafficItem(987_654_321, Today, 1, 1, 1)
        );

        Assert.Equal(new TrafficResponse(1, 2), answer);
        Assert.Equal("", await Kept(others, Today));
    }

    [Fact]
    public async Task Report_OfADayThatCannotBe_IsIgnored()
    {
        var (agent, site) = await Site();

        var answer = await Say(
            agent,
            new TrafficItem(site, Today.AddDays(2), 1, 1, 1),
            new TrafficItem(site, new DateOnly(1970, 1, 1), 1, 1, 1),
            new TrafficItem(site, DateOnly.MaxValue, 1, 1, 1),
            new TrafficItem(site, Today.AddDays(-14), 1, 1, 1)
        );

        Assert.Equal(new TrafficResponse(1, 3), answer);
    }

    [Fact]
    public async Task Report_OfTwoServersOnOneDay_KeepsBoth()
    {
        var (agent, site) = await Site();
        await Say(agent, new TrafficItem(site, Today, 5, 50, 500));
        var next = await panel.Agent();
        await panel.World.Execute(
            "update placements set server_id = @server where subject_id = @site",
            new { server = next.ServerId, site }
        );

        await Say(next, new TrafficItem(site, Today, 3, 30, 300));

        Assert.Equal("8 80 800", await Kept(site, Today));
    }

    [Fact]
    public async Task Report_ByTwoAtOnce_EndsWithTheLargest()
    {
        var (agent, site) = await Site();
        var (_, other) = await Sibling(agent);

        await Task.WhenAll(
            Enumerable
                .Range(1, 20)
                .Select(n =>
                {
                    TrafficItem[] items = [new(site, Today, n, n, n), new(other, Today, n, n, n)];
                    return Say(agent, n % 2 == 0 ? items : [.. items.Reverse()]);
                })
        );

        Assert.Equal(("20 20 20", "20 20 20"), (await Kept(site, Today), await Kept(other, Today)));
    }

    [Theory]
    [InlineData("""{"items":null}""")]
    [InlineData("""{"items":[null]}""")]
    [InlineData("""{"items":[{"websiteId":0,"day":"2026-11-30","requests":1,"bytesIn":1,"bytesOut":1}]}""")]
    [InlineData("""{"items":[{"websiteId":1,"day":"2026-11-31","requests":1,"bytesIn":1,"bytesOut":1}]}""")]
    [InlineData("""{"items":[{"websiteId":1,"day":"2026-11-30","requests":-1,"bytesIn":1,"bytesOut":1}]}""")]
    [InlineData("""{"items":[{"websiteId":1,"day":"2026-11-30","requests":1,"bytesIn":1,"bytesOut":1000000000000001}]}""")]
    [InlineData("""{"items":[{"websiteId":1,"day":"2026-11-30","requests":1e300,"bytesIn":1,"bytesOut":1}]}""")]
    [InlineData("""{"items":[{"websiteId":1,"requests":1,"bytesIn":1,"bytesOut":1}]}""")]
    public async Task Report_ThatMakesNoSense_IsRefused(string body)
    {
        var agent = await panel.Agent();

        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        Assert.Equal(400, (await agent.Post(WorkerRoutes.Traffic, content)).Status);
    }

    [Fact]
    public async Task Report_OfAsManyItemsAsAllowed_FitsTheBody()
    {
        var agent = await panel.Agent();
        var item = new TrafficItem(long.MaxValue, Today, TrafficItem.Most, TrafficItem.Most, TrafficItem.Most);
        var days = Enumerable.Range(0, TrafficRequest.MostItems).Select(n => item with { WebsiteId = long.MaxValue - n }).ToArray();

        Assert.Equal(new TrafficResponse(0, TrafficRequest.MostItems), await Say(agent, days));
        Assert.Equal(400, (await agent.Post(WorkerRoutes.Traffic, new TrafficRequest([.. days, item]))).Status);
    }

    private async Task<(Agent Agent, long Site)> Site() => await Sibling(await panel.Agent());

    private async Task<(Agent Agent, long Site)> Sibling(Agent agent)
    {
        var site = await panel.World.Website(await panel.World.Order(), agent.ServerId);
        await using var db = await panel.Server.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await BringWebsite.Run(transaction, site, new WebsiteErrand("system", "corr"));
        await transaction.CommitAsync();
        return (agent, site);
    }

    private static async Task<TrafficResponse> Say(Agent agent, params TrafficItem[] items)
    {
        using var response = await agent.Http.PostAsJsonAsync(WorkerRoutes.Traffic, new TrafficRequest(items));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<TrafficResponse>(JsonSerializerOptions.Web))!;
    }

    private Task<string> Kept(long site, DateOnly day) =>
        panel.World.Scalar<string>(
            "select coalesce(sum(requests) || ' ' || sum(bytes_in) || ' ' || sum(bytes_out), '') from website_traffic where website_id = @site and day = @day::date",
            new { site, day = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }
        );
}
