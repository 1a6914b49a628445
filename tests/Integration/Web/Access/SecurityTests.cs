using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>API keys, the audit log and what else the security pages show.</summary>
public sealed partial class SecurityTests : IAsyncLifetime
{
    private const string Keys = "/api/admin/api-keys";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Theory]
    [InlineData("/security")]
    [InlineData("/security/sessions")]
    [InlineData("/security/api-keys")]
    [InlineData("/security/agent-tokens")]
    [InlineData("/security/changes")]
    [InlineData("/security/audit")]
    public async Task Page_WithAndWithoutThePermission_OpensAndRefuses(string path)
    {
        using var viewer = await _panel.SignIn("security.view");
        using var other = await _panel.SignIn("orders.view");
        using var nobody = _panel.Pages();

        using var opened = await viewer.GetAsync(path);
        using var hostile = await viewer.GetAsync(
            path + "?sort=x&cursor=%00&from=yesterday&to=9999-12-31&status=%27&outcome=%27&q=%25_%5C&pageSize=-1"
        );
        using var csv = await viewer.GetAsync(path + "?handler=Csv");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (opened.StatusCode, hostile.StatusCode, csv.StatusCode));
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await nobody.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Key_MadeOnThePage_IsShownOnceAndOpensItsScopesOnly()
    {
        using var admin = await _panel.SignIn("security.view", "security.manage", "orders.view");

        using var made = await Make(admin, "reporting <b>", "", "orders.view", "plans:read");
        using var client = Client(Shown(await made.Content.ReadAsStringAsync())!);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/admin/orders")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/public/plans")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/api/admin/jobs")).StatusCode);
        var list = await admin.GetStringAsync("/security/api-keys");
        Assert.Null(Shown(list));
        Assert.Contains("reporting &lt;b&gt;", list, StringComparison.Ordinal);
        Assert.Equal([$"never {admin.Email}"], await Rows("select coalesce(expires_at::text, 'never') || ' ' || created_by from api_keys"));
        Assert.Empty(await Rows("select id::text from audit_entries where after::text like '%mpk_%'"));
    }

    [Fact]
    public async Task Key_BeyondOnesOwnScopes_IsRefused()
    {
        using var admin = await _panel.SignIn("security.view", "security.manage", "orders.view");
        using var key = await _panel.Client("security.view", "security.manage", "orders.view", "keys:create");
        using var rich = await _panel.Client("jobs.view");
        var richId = (await Rows("select id::text from api_keys where scopes = '{jobs.view}'")).Single();

        Assert.Equal(HttpStatusCode.Forbidden, (await Make(admin, "x", "30", "jobs.view")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Rotate(admin, richId, "24")).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await key.PostAsJsonAsync(Keys, new { name = "x", scopes = new[] { "jobs.view" } })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await key.PostAsJsonAsync(Keys, new { name = "x", scopes = new[] { "orders:write" } })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Created,
            (await key.PostAsJsonAsync(Keys, new { name = "x", scopes = new[] { "orders.view" } })).StatusCode
        );
        Assert.Equal(["4"], await Rows("select count(*)::text from audit_entries where action = 'access.forbidden'"));
    }

    [Fact]
    public async Task Key_Rotated_WorksBesideTheOldUntilThatEnds()
    {
        using var admin = await _panel.SignIn("security.view", "security.manage");
        using var old = await _panel.Client("plans:read");
        var id = (await Rows("select id::text from api_keys")).Single();

        using var tooLong = await Rotate(admin, id, "169");
        using var rotated = await Rotate(admin, id, "168");
        using var fresh = Client(Shown(await rotated.Content.ReadAsStringAsync())!);
        using var again = await Rotate(admin, id, "24");

        Assert.Equal(HttpStatusCode.OK, (await old.GetAsync("/api/public/plans")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync("/api/public/plans")).StatusCode);
        Assert.Equal(
            ["168"],
            await Rows($"select round(extract(epoch from expires_at - now()) / 3600)::text from api_keys where id = {id}")
        );
        Assert.Equal(["2"], await Rows("select count(*)::text from api_keys"));
        await Execute("update api_keys set expires_at = now() where successor_id is not null");
        Assert.Equal(HttpStatusCode.Unauthorized, (await old.GetAsync("/api/public/plans")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync("/api/public/plans")).StatusCode);
    }

    [Fact]
    public async Task Key_Revoked_OpensNothingAnyMore()
    {
        using var admin = await _panel.SignIn("security.view", "security.manage");
        using var viewer = await _panel.SignIn("security.view");
        using var client = await _panel.Client("plans:read");
        var id = (await Rows("select id::text from api_keys")).Single();

        using var refused = await Revoke(viewer, id);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/public/plans")).StatusCode);
        using var revoked = await Revoke(admin, id);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Redirect), (refused.StatusCode, revoked.StatusCode));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/public/plans")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Revoke(admin, "999999")).StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"","scopes":["plans:read"]}""")]
    [InlineData("""{"name":"x","scopes":[]}""")]
    [InlineData("""{"name":"x","scopes":["everything"]}""")]
    [InlineData("""{"name":"x","scopes":["plans:read"],"expiresInDays":0}""")]
    [InlineData("""{"name":"x","scopes":["plans:read"],"createdBy":"me"}""")]
    public async Task KeyApi_WithABodyItDoesNotTake_MakesNone(string body)
    {
        using var key = await _panel.Client("security.manage", "plans:read");
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, (await key.PostAsync(Keys, content)).StatusCode);
        Assert.Equal(["1"], await Rows("select count(*)::text from api_keys"));
    }

    [Fact]
    public async Task KeyApi_FromMakingToRevoking_DoesWhatThePagesDo()
    {
        using var key = await _panel.Client("security.view", "security.manage", "plans:read", "keys:create");
        using var made = await key.PostAsJsonAsync(
            Keys,
            new
            {
                name = "made",
                scopes = new[] { "plans:read" },
                expiresInDays = 30,
            }
        );
        using var client = Client((await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!);
        var id = (await key.GetFromJsonAsync<JsonElement>($"{Keys}?q=made")).GetProperty("items")[0].GetProperty("id").GetInt64();

        using var rotated = await key.PostAsJsonAsync($"{Keys}/{id}/rotate", new { oldKeyHours = 0 });
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/public/plans")).StatusCode);
        using var fresh = Client((await rotated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync("/api/public/plans")).StatusCode);
        using var tooLong = await key.PostAsJsonAsync($"{Keys}/{id}/rotate", new { oldKeyHours = 169 });
        using var revoked = await key.PostAsync($"{Keys}/{id}/revoke", null);
        using var again = await key.PostAsync($"{Keys}/{id}/revoke", null);

        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.NoContent, HttpStatusCode.Conflict),
            (tooLong.StatusCode, revoked.StatusCode, again.StatusCode)
        );
    }

    [Fact]
    public async Task Audit_Filtered_FindsWhatWasAskedFor()
    {
        await Execute(
            """
            insert into audit_entries (at, actor_kind, actor_name, action, subject, before, after, correlation_id) values
                ('2026-01-01 23:30Z', 'user', 'a@example.com', 'order.resumed', 'order ORD-1', '{"status":"needs_review"}', '{"status":"paid"}', 'c'),
                ('2026-01-02 12:00Z', 'api_key', 'shop', 'order.created', 'order ORD_2', null, '{"x":"<script>alert(1)</script>"}', 'c'),
                ('2026-01-03 00:10Z', 'user', 'a@example.com', 'role.changed', 'role support', null, null, 'c')
            """
        );
        using var viewer = await _panel.SignIn("security.view");
        await Execute("update users set time_zone = 'Asia/Tokyo'");
        using var key = await _panel.Client("security.view");

        Assert.Equal(["order ORD_2", "order ORD-1"], await Subjects(key, "?action=order."));
        Assert.Equal(["order ORD_2"], await Subjects(key, "?q=ORD_"));
        Assert.Equal(["order ORD_2"], await Subjects(key, "?actorKind=api_key&actor=shop"));
        Assert.Equal(["order ORD_2"], await Subjects(key, "?from=2026-01-02&to=2026-01-02"));
        Assert.Equal(HttpStatusCode.BadRequest, (await key.GetAsync("/api/admin/audit?from=2026-13-01")).StatusCode);
        var tokyo = await viewer.GetStringAsync("/security/audit?from=2026-01-02&to=2026-01-02");
        Assert.Contains("ORD-1", tokyo, StringComparison.Ordinal);
        Assert.DoesNotContain("role support", tokyo, StringComparison.Ordinal);
        var changes = await viewer.GetStringAsync("/security/changes");
        Assert.Contains("role support", changes, StringComparison.Ordinal);
        Assert.DoesNotContain("ORD-1", changes, StringComparison.Ordinal);
        var id = (await Rows("select id::text from audit_entries where subject = 'order ORD_2'")).Single();
        var entry = await viewer.GetStringAsync($"/security/audit/{id}");
        Assert.Contains("&lt;script&gt;alert(1)", entry, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", entry, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await viewer.GetAsync("/security/audit/999999")).StatusCode);
    }

    [Fact]
    public async Task Session_EndedByAnAdmin_IsOver()
    {
        using var admin = await _panel.SignIn("security.view", "security.manage");
        using var viewer = await _panel.SignIn("security.view");
        using var user = await _panel.SignIn();
        var session = (await Rows($"select id::text from sessions where user_id = {user.UserId}")).Single();
        var fields = new Dictionary<string, string> { ["id"] = session, ["user"] = $"{user.UserId}" };

        using var refused = await viewer.PostForm("/security/sessions?handler=End", fields, page: "/account");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("/account")).StatusCode);
        Assert.Contains(user.Email, await admin.GetStringAsync("/security/sessions"), StringComparison.Ordinal);
        using var ended = await admin.PostForm("/security/sessions?handler=End", fields);

        Assert.Equal(HttpStatusCode.Redirect, (await user.GetAsync("/account")).StatusCode);
        Assert.DoesNotContain(user.Email, await admin.GetStringAsync("/security/sessions"), StringComparison.Ordinal);
        Assert.Contains(user.Email, await admin.GetStringAsync($"/security?q={user.Email}"), StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string?>> Subjects(HttpClient key, string query) =>
        (await key.GetFromJsonAsync<JsonElement>("/api/admin/audit" + query))
            .GetProperty("items")
            .EnumerateArray()
            .Select(a => a.GetProperty("subject").GetString());

    private static Task<HttpResponseMessage> Make(PagesClient pages, string name, string days, params string[] scopes) =>
        pages.PostForm(
            "/security/api-keys/new",
            scopes
                .Select(s => KeyValuePair.Create("Chosen", s))
                .Append(KeyValuePair.Create("Name", name))
                .Append(KeyValuePair.Create("Days", days)),
            page: "/account"
        );

    private static Task<HttpResponseMessage> Rotate(PagesClient pages, string id, string hours) =>
        pages.PostForm(
            "/security/api-keys?handler=Rotate",
            new Dictionary<string, string> { ["id"] = id, ["hours"] = hours },
            page: "/account"
        );

    private static Task<HttpResponseMessage> Revoke(PagesClient pages, string id) =>
        pages.PostForm("/security/api-keys?handler=Revoke", new Dictionary<string, string> { ["id"] = id }, page: "/account");

    private HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = _panel.ApiAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static string? Shown(string html) => KeyText().Match(html) is { Success: true } match ? match.Value : null;

    private async Task Execute(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(sql);
    }

    private async Task<IReadOnlyList<string>> Rows(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return [.. await db.QueryAsync<string>(sql)];
    }

    [GeneratedRegex("mpk_[0-9a-f]{12}_[A-Za-z0-9_-]{40,}")]
    private static partial Regex KeyText();
}
