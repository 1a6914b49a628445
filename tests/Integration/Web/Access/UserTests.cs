using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>Users on their pages and in the API: who may change whom, and what stays whatever is asked.</summary>
public sealed partial class UserTests : IAsyncLifetime
{
    private const string Users = "/api/admin/users";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Invite_OfSomebodyWithARole_ShowsALinkThatOpensTheirAccount()
    {
        using var admin = await _panel.SignInWithRole("super_admin");

        using var invited = await Invite(admin, "New@Example.COM", "New <b>person</b>", "support");
        var html = await invited.Content.ReadAsStringAsync();
        var link = new Uri(WebUtility.HtmlDecode(Link().Match(html).Groups[1].Value));

        Assert.Equal(_panel.PagesAddress.Port, link.Port);
        using var guest = _panel.Pages();
        using var accepted = await guest.PostForm(
            "/invitation",
            new Dictionary<string, string>
            {
                ["Token"] = link.Query["?token=".Length..],
                ["Password"] = TestUser.Password,
                ["Repeated"] = TestUser.Password,
            },
            page: link.PathAndQuery
        );
        Assert.Equal("/", accepted.Headers.Location?.PathAndQuery());
        Assert.Equal(HttpStatusCode.OK, (await guest.GetAsync("/websites")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await guest.GetAsync("/admin/users")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await guest.GetAsync("/role-management")).StatusCode);
        var list = await admin.GetStringAsync("/admin/users?q=new%40example.com&role=support");
        Assert.Contains("New &lt;b&gt;person&lt;/b&gt;", list, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>person", list, StringComparison.Ordinal);
        Assert.Equal(["user.invited user New@example.com", "user.invitation_accepted user New@example.com"], await Audited("user.invit%"));
    }

    [Fact]
    public async Task Link_MadeAgain_EndsTheOld()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        using var invited = await Invite(admin, "new@example.com", "New", "support");
        var old = Link().Match(await invited.Content.ReadAsStringAsync()).Groups[1].Value;
        var id = (await Rows("select id::text from users where email = 'new@example.com'")).Single();

        using var again = await admin.PostForm($"/admin/users/{id}?handler=InviteAgain");
        var fresh = Link().Match(await again.Content.ReadAsStringAsync()).Groups[1].Value;

        using var guest = _panel.Pages();
        Assert.Contains("link has ended", await guest.GetStringAsync(new Uri(old)), StringComparison.Ordinal);
        Assert.Contains("Welcome", await guest.GetStringAsync(new Uri(fresh)), StringComparison.Ordinal);
        Assert.DoesNotContain("invitation-link", await admin.GetStringAsync($"/admin/users/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastSuperAdmin_TakenAwayByTwoAtOnce_Stays()
    {
        for (var round = 0; round < 5; round++)
        {
            using var first = await _panel.SignInWithRole("super_admin");
            using var second = await _panel.SignInWithRole("super_admin");

            var answers = await Task.WhenAll(
                second.PostForm($"/admin/users/{first.UserId}?handler=Disable"),
                first.PostForm($"/admin/users/{second.UserId}?handler=Delete")
            );

            Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
            Assert.Equal(
                ["1"],
                await Rows("select count(*)::text from users u join user_roles ur on ur.user_id = u.id where u.status = 'active'")
            );
            await using var db = await _panel.DataSource.OpenConnectionAsync();
            await db.ExecuteAsync(
                "alter table users disable trigger users_keep_a_super_admin; update users set status = 'disabled'; alter table users enable trigger users_keep_a_super_admin"
            );
        }
    }

    [Fact]
    public async Task LastSuperAdmin_OnTheirOwn_CanNeitherStepDownNorGo()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        using var key = await AdminKey();

        using var stepDown = await Save(admin, admin.UserId, "Test User", 1, "support");
        using var disable = await admin.PostForm($"/admin/users/{admin.UserId}?handler=Disable");
        using var byKey = await key.DeleteAsync($"{Users}/{admin.UserId}");

        Assert.Contains("last active super admin", await stepDown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, byKey.StatusCode);
        Assert.Equal(
            ["active super_admin 1"],
            await Rows(
                "select u.status || ' ' || r.code || ' ' || u.version from users u join user_roles ur on ur.user_id = u.id join roles r on r.id = ur.role_id"
            )
        );
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/admin/users")).StatusCode);
    }

    [Fact]
    public async Task Manager_BeyondTheirOwnPermissions_IsRefusedAndAudited()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        using var manager = await _panel.SignIn("users.view", "users.manage", "orders.view");
        using var colleague = await _panel.SignIn("orders.view");

        HttpResponseMessage[] refused =
        [
            await Invite(manager, "friend@example.com", "Friend", "admin"),
            await Invite(manager, "friend@example.com", "Friend", "super_admin"),
            await Save(manager, manager.UserId, "Me", 1, "super_admin"),
            await Save(manager, colleague.UserId, "Colleague", 1, "admin"),
            await Post(manager, admin.UserId, "Disable"),
            await Post(manager, admin.UserId, "ResetTwoFactor"),
            await Post(manager, admin.UserId, "EndSessions"),
        ];

        Assert.All(refused, a => Assert.Equal(HttpStatusCode.Forbidden, a.StatusCode));
        Assert.Equal(7, (await Audited("access.forbidden")).Count);
        Assert.Empty(await Rows("select email from users where email = 'friend@example.com'"));
        Assert.Equal(HttpStatusCode.Redirect, (await Post(manager, colleague.UserId, "Disable")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await colleague.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task Forms_OfAnotherRoleReplayed_AreRefusedAndAudited()
    {
        using var viewer = await _panel.SignIn("users.view", "websites.view");
        using var target = await _panel.SignIn();
        foreach (var handler in (string[])["Disable", "Delete", "Enable", "ResetTwoFactor", "EndSessions", "InviteAgain"])
            Assert.Equal(HttpStatusCode.Forbidden, (await Post(viewer, target.UserId, handler)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Save(viewer, target.UserId, "x", 1)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync("/admin/users/invite")).StatusCode);

        Assert.Equal(8, (await Audited("access.forbidden")).Count);
        var html = await viewer.GetStringAsync($"/admin/users/{target.UserId}");
        Assert.DoesNotContain("handler=Delete", html, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Delete_OfAUser_HidesThemUntilAskedForAndCanBeUndone()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        using var gone = await _panel.SignIn("orders.view");

        using var deleted = await admin.PostForm($"/admin/users/{gone.UserId}?handler=Delete");
        Assert.DoesNotContain(gone.Email, await admin.GetStringAsync("/admin/users"), StringComparison.Ordinal);
        Assert.Contains(gone.Email, await admin.GetStringAsync("/admin/users?status=deleted"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await gone.GetAsync("/account")).StatusCode);
        using var taken = await Invite(admin, gone.Email, "Again");
        Assert.Contains("perhaps a deleted one", await taken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var restored = await admin.PostForm($"/admin/users/{gone.UserId}?handler=Enable");

        Assert.Equal(HttpStatusCode.Redirect, (await gone.GetAsync("/account")).StatusCode);
        using var back = await _panel.SignInAs(new TestUser(gone.UserId, gone.Email));
        Assert.Equal(
            ["user.deleted", "user.enabled"],
            (await Audited("user.%")).Select(a => a.Split(' ')[0]).Except(["user.two_factor_enabled"])
        );
    }

    [Fact]
    public async Task Save_OverAnotherChange_ShowsBothVersionsAndChangesNothing()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        using var user = await _panel.SignIn();
        using var theirs = await Save(admin, user.UserId, "Theirs", 1, "support");

        using var mine = await Save(admin, user.UserId, "Mine", 1, "editor");
        var html = await mine.Content.ReadAsStringAsync();

        Assert.Contains("Somebody else changed", html, StringComparison.Ordinal);
        Assert.Contains("Theirs", html, StringComparison.Ordinal);
        Assert.Equal(
            ["Theirs support"],
            await Rows(
                "select u.display_name || ' ' || r.code from users u join user_roles ur on ur.user_id = u.id join roles r on r.id = ur.role_id where u.id = @UserId",
                user
            )
        );
        Assert.Equal(
            ["""{"roles": ["support"], "displayName": "Theirs"}"""],
            await Rows("select after::text from audit_entries where action = 'user.changed'")
        );
    }

    [Fact]
    public async Task Roles_TakenAway_CountWithTheNextRequest()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        using var user = await _panel.SignIn("websites.view");
        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("/websites")).StatusCode);

        using var saved = await Save(admin, user.UserId, "Test User", 1);

        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("/websites")).StatusCode);
    }

    [Fact]
    public async Task Api_FromInviteToDelete_DoesWhatThePagesDo()
    {
        using var key = await AdminKey();

        using var created = await key.PostAsJsonAsync(
            Users,
            new
            {
                email = "api@example.com",
                displayName = "Api",
                roles = new[] { "support" },
            }
        );
        var invited = await created.Content.ReadFromJsonAsync<JsonElement>();
        var id = invited.GetProperty("id").GetInt64();
        using var conflict = await key.PostAsJsonAsync(
            Users,
            new
            {
                email = "API@example.com",
                displayName = "Api",
                roles = Array.Empty<string>(),
            }
        );
        using var changed = await key.PatchAsJsonAsync(
            $"{Users}/{id}",
            new
            {
                version = 1,
                displayName = "Renamed",
                roles = new[] { "editor" },
            }
        );
        using var stale = await key.PatchAsJsonAsync($"{Users}/{id}", new { version = 1, displayName = "Stale" });
        using var disabled = await key.PatchAsJsonAsync($"{Users}/{id}", new { version = 2, status = "disabled" });
        using var both = await key.PatchAsJsonAsync(
            $"{Users}/{id}",
            new
            {
                version = 2,
                displayName = "Both",
                status = "active",
            }
        );
        using var unstorable = await key.PostAsJsonAsync(
            Users,
            new
            {
                email = "nul@example.com",
                displayName = "Nul",
                roles = new[] { "\0" },
            }
        );
        using var deleted = await key.DeleteAsync($"{Users}/{id}");

        Assert.Equal(HttpStatusCode.BadRequest, both.StatusCode);
        Assert.Equal("unknown_role", await Code(unstorable));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.StartsWith("/invitation?token=", invited.GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.Equal("email_taken", await Code(conflict));
        Assert.Equal("Renamed", (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("displayName").GetString());
        Assert.Equal("conflict", await Code(stale));
        Assert.Equal("disabled", (await disabled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(0, (await key.GetFromJsonAsync<JsonElement>($"{Users}?q=api%40")).GetProperty("total").GetInt64());
        Assert.Equal(1, (await key.GetFromJsonAsync<JsonElement>($"{Users}?q=api%40&status=deleted")).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task Api_BeyondTheKeysScopes_IsRefused()
    {
        using var small = await _panel.Client("users.view", "users.manage", "orders.view", "users:create");
        using var admin = await _panel.SignInWithRole("super_admin");

        foreach (var role in (string[])["admin", "super_admin"])
        {
            using var answer = await small.PostAsJsonAsync(
                Users,
                new
                {
                    email = "x@example.com",
                    displayName = "X",
                    roles = new[] { role },
                }
            );
            Assert.Equal("beyond_your_permissions", await Code(answer));
        }
        using var everything = await AdminKey();
        using var super = await everything.PostAsJsonAsync(
            Users,
            new
            {
                email = "x@example.com",
                displayName = "X",
                roles = new[] { "super_admin" },
            }
        );
        Assert.Equal("beyond_your_permissions", await Code(super));
        using var delete = await small.DeleteAsync($"{Users}/{admin.UserId}");
        Assert.Equal(HttpStatusCode.Forbidden, delete.StatusCode);
    }

    [Theory]
    [InlineData("""{"email":"x@example.com","displayName":"X","roles":[],"status":"active"}""", "malformed_json")]
    [InlineData("""{"email":"x@example.com","displayName":"X","roles":[],"passwordHash":"x"}""", "malformed_json")]
    [InlineData("""{"email":"no address","displayName":"","roles":[]}""", "validation_failed")]
    [InlineData("""{"email":"x@example.com","displayName":"X","roles":["nothing"]}""", "unknown_role")]
    public async Task Api_WithABodyItDoesNotTake_CreatesNobody(string body, string code)
    {
        using var key = await AdminKey();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await key.PostAsync(Users, content);

        Assert.Equal(code, await Code(answer));
        Assert.Empty(await Rows("select email from users"));
    }

    [Theory]
    [InlineData("?sort=password_hash")]
    [InlineData("?status=root")]
    [InlineData("?cursor=%27%3B--")]
    [InlineData("?pageSize=100000")]
    [InlineData("?q=a&q=b")]
    public async Task List_WithAHostileQuery_IsRefusedByTheApiAndIgnoredByThePage(string query)
    {
        using var key = await AdminKey();
        using var admin = await _panel.SignInWithRole("super_admin");

        Assert.Equal(HttpStatusCode.BadRequest, (await key.GetAsync(Users + query)).StatusCode);
        var html = await admin.GetStringAsync("/admin/users" + query);
        Assert.Contains(admin.Email, html, StringComparison.Ordinal);
        Assert.Contains("left out", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_AsCsv_HasTheRows()
    {
        using var admin = await _panel.SignInWithRole("super_admin");

        var csv = await admin.GetStringAsync("/admin/users?handler=Csv");

        Assert.Contains(admin.Email, csv, StringComparison.Ordinal);
        Assert.DoesNotContain("password", csv, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/admin/users/999999")]
    [InlineData("/role-management/999999")]
    [InlineData("/admin/users/-1")]
    [InlineData("/admin/users/x")]
    public async Task Page_OfNobody_Is404(string path)
    {
        using var admin = await _panel.SignInWithRole("super_admin");

        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await AdminKey()).GetAsync("/api" + path)).StatusCode);
    }

    private async Task<HttpClient> AdminKey() => await _panel.Client([.. await Rows("select code from permissions"), "users:create"]);

    private static Task<HttpResponseMessage> Invite(PagesClient pages, string email, string name, params string[] roles) =>
        // The token of a page that everybody may open: a forger takes it from there, too.
        pages.PostForm(
            "/admin/users/invite",
            Fields(("Email", email), ("DisplayName", name)).Concat(roles.Select(r => KeyValuePair.Create("Roles", r))),
            page: "/account"
        );

    private static Task<HttpResponseMessage> Save(PagesClient pages, long id, string name, int version, params string[] roles) =>
        pages.PostForm(
            $"/admin/users/{id}",
            Fields(("DisplayName", name), ("Version", $"{version}")).Concat(roles.Select(r => KeyValuePair.Create("Roles", r))),
            page: "/account"
        );

    private static Task<HttpResponseMessage> Post(PagesClient pages, long id, string handler) =>
        pages.PostForm($"/admin/users/{id}?handler={handler}", page: "/account");

    private static IEnumerable<KeyValuePair<string, string>> Fields(params (string Name, string Value)[] fields) =>
        fields.Select(f => KeyValuePair.Create(f.Name, f.Value));

    private Task<IReadOnlyList<string>> Audited(string like) =>
        Rows("select action || ' ' || subject from audit_entries where action like @like order by id", new { like });

    private static async Task<string?> Code(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();

    private async Task<IReadOnlyList<string>> Rows(string sql, object? parameters = null)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return [.. await db.QueryAsync<string>(sql, parameters is PagesClient pages ? new { pages.UserId } : parameters)];
    }

    [GeneratedRegex("""id="invitation-link"[^>]*value="([^"]+)""")]
    private static partial Regex Link();
}
