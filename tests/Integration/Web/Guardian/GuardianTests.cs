using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Guardian;

public sealed class GuardianTests : IAsyncLifetime
{
    private const string Deploy = "/api/admin/guardian/deploy";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Status_WithoutAGuardian_IsOffline()
    {
        using var viewer = await _panel.Client("guardian.view");

        var status = await viewer.GetFromJsonAsync<JsonElement>("/api/admin/guardian/status");

        Assert.Equal("offline", status.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, status.GetProperty("lastHeartbeat").ValueKind);
        Assert.NotEmpty(status.GetProperty("notes").GetString()!);
    }

    [Fact]
    public async Task Deploy_ByApiAndPage_DeploysNothingSaysSoAndIsAudited()
    {
        using var key = await _panel.Client("guardian.manage");
        using var admin = await _panel.SignIn("guardian.view", "guardian.manage");

        var answer = await (await key.PostAsync(Deploy, null)).Content.ReadFromJsonAsync<JsonElement>();
        using var posted = await admin.PostForm("/admin/guardian?handler=Deploy");
        var page = await admin.GetStringAsync("/admin/guardian");

        Assert.False(answer.GetProperty("deployed").GetBoolean());
        Assert.Contains("is not connected, so nothing was deployed", page, StringComparison.Ordinal);
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        Assert.Equal(
            ["api_key", "user"],
            await db.QueryAsync<string>("select actor_kind from audit_entries where action = 'guardian.deploy_asked' order by id")
        );
    }

    [Fact]
    public async Task EveryWay_WithoutItsPermission_Returns403()
    {
        using var viewer = await _panel.Client("guardian.view");
        using var pageViewer = await _panel.SignIn("guardian.view", "provisioning.view");
        using var other = await _panel.SignIn("jobs.view");

        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync(Deploy, null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync("/admin/guardian")).StatusCode);
        using var refused = await pageViewer.PostForm("/admin/guardian?handler=Deploy");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.DoesNotContain("handler=Deploy", await pageViewer.GetStringAsync("/admin/guardian"), StringComparison.Ordinal);
    }
}
