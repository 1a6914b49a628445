using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Domains;

public sealed class DomainProofTests : IAsyncLifetime
{
    private const string Served = "203.0.113.5";

    private readonly DnsStub _dns = new();
    private PanelServer _panel = null!;
    private ProvisioningWorld _world = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await PanelServer.Start(
            settings: new Dictionary<string, string?>
            {
                ["Roles"] = "web",
                ["Dns:Resolver"] = _dns.Address,
                ["Dns:Timeout"] = "00:00:00.500",
            }
        );
        _world = ProvisioningWorld.Of(_panel);
        _client = await _panel.Client("domains.view", "domains.manage");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _panel.DisposeAsync();
        await _dns.DisposeAsync();
    }

    [Fact]
    public async Task Verify_WithTheChallenge_ProvesItForGood()
    {
        var id = await Domain("txt.example");
        var proof = (await Detail(id)).GetProperty("proof");
        _dns.Txt(Text(proof, "recordName"), Text(proof, "recordText"));
        _dns.Ns("txt.example", "ns1.there.example", "ns2.there.example");

        var proven = await Verify(id);
        _dns.Records.Clear();
        var later = await Verify(id);

        Assert.Equal("_mpanel-challenge.txt.example", Text(proof, "recordName"));
        Assert.Equal(("none", "txt", "txt"), (Text(proof, "kind"), Text(proven, "kind"), Text(later, "kind")));
        Assert.Equal("ns1.there.example ns2.there.example", string.Join(' ', proven.GetProperty("nameservers").EnumerateArray()));
        Assert.Equal(1, await _world.Scalar<int>("select count(*) from audit_entries where action = 'domain.proof_changed'"));
    }

    [Fact]
    public async Task Verify_WithAnotherDomainsChallenge_ProvesNothing()
    {
        var mine = await Domain("mine.example");
        var other = (await Detail(await Domain("other.example"))).GetProperty("proof");
        _dns.Txt("_mpanel-challenge.mine.example", Text(other, "recordText"));

        Assert.Equal("none", Text(await Verify(mine), "kind"));
    }

    [Theory]
    [InlineData("addr.example", Served, Served, "address")]
    [InlineData("www.addr.example", Served, Served, "address")]
    [InlineData("addr.example", "203.0.113.6", Served, "none")]
    [InlineData("addr.example", "10.0.0.1", "10.0.0.1", "none")]
    public async Task Verify_WithAnAddress_ProvesWhereItIsTheServersAndAnybodys(string name, string answers, string server, string kind)
    {
        var id = await Domain("addr.example", server);
        _dns.A(name, answers);

        Assert.Equal(kind, Text(await Verify(id), "kind"));
    }

    [Fact]
    public async Task Verify_WhenTheAddressLeadsElsewhere_ProvesNoLonger()
    {
        var id = await Domain("left.example", Served);
        _dns.A("left.example", Served);
        await Verify(id);
        _dns.A("left.example", "203.0.113.9");

        var after = await Verify(id);

        Assert.Equal(("none", JsonValueKind.Null), (Text(after, "kind"), after.GetProperty("provenAt").ValueKind));
    }

    [Fact]
    public async Task Verify_WhenNobodyAnswers_SaysSoAndChangesNothing()
    {
        var id = await Domain("mute.example", Served);
        _dns.A("mute.example", Served);
        await Verify(id);
        _dns.Mute = true;

        var after = await Verify(id);

        Assert.Equal("address", Text(after, "kind"));
        Assert.StartsWith("DNS could not be asked", Text(after, "lookText"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prove_ByAPerson_NeedsAReasonAndEndsWithTheCustomer()
    {
        var id = await Domain("staff.example", website: false);
        var challenge = Text((await Detail(id)).GetProperty("proof"), "recordText");

        using var without = await _client.PostAsJsonAsync($"/api/admin/domains/{id}/prove", new { reason = " " });
        using var with = await _client.PostAsJsonAsync($"/api/admin/domains/{id}/prove", new { reason = "A letter." });
        using var twice = await _client.PostAsJsonAsync($"/api/admin/domains/{id}/prove", new { reason = "A letter." });
        var proven = Text((await Detail(id)).GetProperty("proof"), "kind");
        var other = await _world.Order("somebody.example");
        using var given = await _client.PatchAsJsonAsync($"/api/admin/domains/{id}", new { version = 1, customerId = other.CustomerId });
        var after = (await Detail(id)).GetProperty("proof");

        Assert.Equal((400, 200, 409), ((int)without.StatusCode, (int)with.StatusCode, (int)twice.StatusCode));
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        Assert.Equal(("staff", "none"), (proven, Text(after, "kind")));
        Assert.NotEqual(challenge, Text(after, "recordText"));
        Assert.Contains(
            "A letter.",
            await _world.Scalar<string>("select after::text from audit_entries where action = 'domain.proof_changed'"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Job_LooksAtLiveWebsitesDomains_AndWaitsLongerEachTime()
    {
        var live = await Domain("due.example", Served);
        await Domain("idle.example", website: false);
        var job = _panel.Services.GetServices<IRecurringJob>().Single(j => j.Id == "domains.proof");

        var first = await job.Run(CancellationToken.None);
        var second = await job.Run(CancellationToken.None);
        await _world.Execute("update domains set look_due = now() where id = @live", new { live });
        _dns.A("due.example", Served);
        var third = await job.Run(CancellationToken.None);
        await _world.Execute("update domains set look_due = now()");
        var fourth = await job.Run(CancellationToken.None);

        Assert.Equal(
            ("1 looked at, 0 proven.", "0 looked at, 0 proven.", "1 looked at, 1 proven.", "0 looked at, 0 proven."),
            (first, second, third, fourth)
        );
    }

    [Fact]
    public async Task Page_ShowsTheRecordToSet_AndIsProvenByItsButton()
    {
        var id = await Domain("page.example");
        var proof = (await Detail(id)).GetProperty("proof");
        _dns.Txt(Text(proof, "recordName"), Text(proof, "recordText"));
        using var pages = await _panel.SignIn("domains.view", "domains.manage");

        var before = await pages.GetStringAsync($"/domains/{id}");
        using var looked = await pages.PostForm($"/domains/{id}?handler=Verify");
        var after = await pages.GetStringAsync($"/domains/{id}");

        Assert.Contains(Text(proof, "recordText"), before, StringComparison.Ordinal);
        Assert.Contains("nobody has shown that it is its customer", before, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, looked.StatusCode);
        Assert.Contains("by the challenge in its DNS", after, StringComparison.Ordinal);
        Assert.DoesNotContain(Text(proof, "recordText"), after, StringComparison.Ordinal);
    }

    private async Task<long> Domain(string name, string? address = null, bool website = true)
    {
        var order = await _world.Order(name);
        if (website)
        {
            var server = await _world.Server();
            await _world.Execute(
                "update servers set address = @address::inet where id = @server",
                new { server, address = address ?? Served }
            );
            await _world.Website(order, server, status: "active");
        }
        return await _world.Scalar<long>("select id from domains where name = @name", new { name });
    }

    private async Task<JsonElement> Detail(long id) => await _client.GetFromJsonAsync<JsonElement>($"/api/admin/domains/{id}");

    private async Task<JsonElement> Verify(long id)
    {
        using var answer = await _client.PostAsync($"/api/admin/domains/{id}/verify", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
