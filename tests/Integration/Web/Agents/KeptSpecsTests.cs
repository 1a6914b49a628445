using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MPanel.Database.Provisioning;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.NodeAgent;

namespace MPanel.Tests.Integration.Web.Agents;

public sealed class KeptSpecsTests(WorkerPanel panel) : IClassFixture<WorkerPanel>
{
    private const string Hash = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public async Task Inventory_OfALaterRevision_IsAnsweredWithItsWebsite()
    {
        var (agent, site) = await Site();
        await panel.World.Execute("delete from provisioning_tasks where website_id = @site", new { site });
        await panel.World.Execute(
            "update placements set applied_revision = 1, applied_at = now() - interval '1 hour' where subject_id = @site",
            new { site }
        );
        var look = new InventoryRequest(Guid.NewGuid(), [new InventoryItem("hosting", site, 9, Hash)], Last: true);

        using var first = await agent.Http.PostAsJsonAsync(WorkerRoutes.Inventory, look);
        var said = await agent.Post(WorkerRoutes.KeptSpecs, new KeptSpecsRequest([new KeptItem(Spec(site), Hash)]));
        using var second = await agent.Http.PostAsJsonAsync(WorkerRoutes.Inventory, look);

        Assert.Equal([site], (await first.Content.ReadFromJsonAsync<InventoryResponse>())!.Ahead);
        Assert.Equal(204, said.Status);
        Assert.Empty((await second.Content.ReadFromJsonAsync<InventoryResponse>())!.Ahead);
        Assert.Equal(
            9,
            await panel.World.Scalar<long>("select (spec ->> 'revision')::bigint from kept_specs where hash = @Hash", new { Hash })
        );
    }

    [Theory]
    [InlineData("names", "[]")]
    [InlineData("names", "null")]
    [InlineData("names", "[null]")]
    [InlineData("names", """[{"name":"a.test","role":"alias"}]""")]
    [InlineData("names", """[{"name":"a.test","role":"primary"},{"name":"b.test","role":"primary"}]""")]
    [InlineData("names", """[{"name":"a\u0000.test","role":"primary"}]""")]
    [InlineData("revision", "0")]
    [InlineData("websiteId", "-1")]
    [InlineData("limits", "null")]
    [InlineData("tls", "null")]
    [InlineData("tls", """{"mode":null}""")]
    [InlineData("php", """{"version":"8.2","ini":null}""")]
    [InlineData("sftp", "[null]")]
    [InlineData("cron", "null")]
    [InlineData("epoch", "\"nobody\"")]
    [InlineData("serve", "null")]
    public async Task Report_ThatIsNoSpecification_IsRefused(string property, string value)
    {
        var agent = await panel.Agent();
        var body = JsonSerializer.SerializeToNode(new KeptSpecsRequest([new KeptItem(Spec(1), Hash)]), JsonSerializerOptions.Web)!;
        body["items"]![0]!["spec"]![property] = JsonNode.Parse(value);

        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");

        Assert.Equal(400, (await agent.Post(WorkerRoutes.KeptSpecs, content)).Status);
    }

    [Fact]
    public async Task Report_OfAsMuchAsAllowed_FitsTheBody()
    {
        var agent = await panel.Agent();
        var target = $"https://x.test/{new string('a', 1980)}";
        var name = string.Join('.', Enumerable.Repeat(new string('a', 60), 4));
        var spec = Spec(1) with
        {
            Names =
            [
                new SiteName("a.test", "primary"),
                .. Enumerable.Range(0, 99).Select(n => new SiteName($"{n}.{name}", "alias")),
                .. Enumerable.Range(0, 50).Select(n => new SiteName($"r{n}.{name}", "redirect", target, 301)),
            ],
        };
        KeptItem[] items =
        [
            .. Enumerable.Range(1, KeptSpecsRequest.MostItems).Select(n => new KeptItem(spec with { WebsiteId = n }, Hash)),
        ];

        var few = Enumerable.Repeat(new KeptItem(Spec(1), Hash), KeptSpecsRequest.MostItems + 1);

        Assert.Equal(204, (await agent.Post(WorkerRoutes.KeptSpecs, new KeptSpecsRequest(items))).Status);
        Assert.Equal(400, (await agent.Post(WorkerRoutes.KeptSpecs, new KeptSpecsRequest([.. few]))).Status);
    }

    private static HostingSpec Spec(long site) => ScriptedPanel.SpecOf(site, "a.test") with { Revision = 9 };

    private async Task<(Agent Agent, long Site)> Site()
    {
        var agent = await panel.Agent();
        var site = await panel.World.Website(await panel.World.Order(), agent.ServerId);
        await using var db = await panel.Server.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await BringWebsite.Run(transaction, site, new WebsiteErrand("system", "corr"));
        await transaction.CommitAsync();
        return (agent, site);
    }
}
