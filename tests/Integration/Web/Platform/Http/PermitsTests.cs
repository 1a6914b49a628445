using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Dapper;
using MPanel.Database.Access;
using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Platform.Http;

/// <summary>Nobody keeps the others out: permits are counted by credential and by network, and bodies of strangers cost none.</summary>
public sealed class PermitsTests : IAsyncLifetime
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Stranger = "X-Forwarded-For: 203.0.113.7\r\n";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly SlowClients _slow = new();
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() =>
        _panel = await PanelServer.Start(
            settings: new Dictionary<string, string?>
            {
                ["Http:MaxConcurrentRequests"] = "20",
                ["Http:MaxConcurrentRequestsPerCaller"] = "10",
                ["Http:MaxConcurrentWorkerRequests"] = "50",
                ["Http:SlowBodyGraceSeconds"] = "60",
            }
        );

    public async ValueTask DisposeAsync()
    {
        _slow.Dispose();
        await _panel.DisposeAsync();
    }

    [Theory]
    [InlineData("/login", "")]
    [InlineData("/login/code", "")]
    [InlineData("/invitation", "")]
    // What looks like a session, and is none.
    [InlineData("/account", "Cookie: mpanel_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n")]
    [InlineData("/security/api-keys/new", "")]
    public async Task SlowBodies_OfAStranger_LeaveTheOthersPagesAnswering(string path, string headers)
    {
        using var member = await _panel.SignIn("orders.view");
        using var visitor = _panel.Pages();
        for (var i = 0; i < 45; i++)
            await _slow.BeginBody(_panel.PagesAddress, path, Form, Stranger + headers);

        Assert.Equal(HttpStatusCode.OK, await Status(member, "/orders"));
        Assert.Equal(HttpStatusCode.OK, await Status(visitor, "/login"));
        // Also from where the stranger is.
        member.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        Assert.Equal(HttpStatusCode.OK, await Status(member, "/orders"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer mpk_000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n")]
    public async Task SlowOrders_OfAStranger_LeaveTheShopsAnswering(string headers)
    {
        using var shop = await _panel.Client("plans:read");
        for (var i = 0; i < 45; i++)
            await _slow.BeginBody(_panel.ApiAddress, OrderDesk.Route, "application/json", Stranger + headers);

        Assert.Equal(HttpStatusCode.OK, await Status(shop, "/api/public/plans"));
    }

    [Fact]
    public async Task SlowBodies_OfOneKey_LeaveTheOtherKeysAnswering()
    {
        using var shop = await _panel.Client("plans:read");
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        var key = await ApiKeys.Create(db, "slow", ["orders:write"], expiresAt: null);
        for (var i = 0; i < 45; i++)
            await _slow.BeginBody(_panel.ApiAddress, OrderDesk.Route, "application/json", $"Authorization: Bearer {key}\r\n");

        Assert.Equal(HttpStatusCode.OK, await Status(shop, "/api/public/plans"));
    }

    [Theory]
    [InlineData(WorkerRoutes.Enroll)]
    [InlineData(WorkerRoutes.Claim)]
    public async Task SlowBodies_OfAStranger_LeaveTheAgentsWorking(string path)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        var code = await Enrolment.CreateCode(db, (await db.ExecuteScalarAsync<string>("select min(name) from servers"))!);
        using var agent = new HttpClient { BaseAddress = _panel.ApiAddress };
        agent.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await Enrolment.Redeem(db, code!))!.Token);
        for (var i = 0; i < 60; i++)
            await _slow.BeginBody(_panel.ApiAddress, path, "application/json", Stranger);

        using var claim = new StringContent("""{"types":["hosting","hosting-2"],"wait":0}""", Encoding.UTF8, "application/json");
        using var answer = await agent.PostAsync(WorkerRoutes.Claim, claim).WaitAsync(Bound);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task Body_ThatAnybodyMaySend_IsSmall()
    {
        using var client = _panel.Pages();
        using var api = await _panel.Client();
        using var login = new FormUrlEncodedContent([KeyValuePair.Create("Email", new string('x', 20_000))]);
        using var enrolment = new StringContent($$"""{"code":"{{new string('x', 20_000)}}"}""", Encoding.UTF8, "application/json");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.PostAsync("/login", login)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await api.PostAsync(WorkerRoutes.Enroll, enrolment)).StatusCode);
    }

    private static async Task<HttpStatusCode> Status(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path).WaitAsync(Bound);
        return answer.StatusCode;
    }
}
