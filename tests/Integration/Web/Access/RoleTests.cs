using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>Roles on their pages and in the API.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private const string Roles = "/api/admin/roles";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Matrix_OfANewPanel_HasEveryRoleAndPermission()
    {
        using var admin = await _panel.SignInWithRole("super_admin");

        var html = await admin.GetStringAsync("/role-management");

        foreach (var text in await Rows("select name from roles union all select description from permissions"))
            Assert.Contains(WebUtility.HtmlEncode(text), html, StringComparison.Ordinal);
        Assert.Contains("1 user", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SuperAdmin_WithoutAPermissionsRow_HoldsItAllTheSame()
    {
        await Execute("delete from role_permissions where permission_code = 'websites.view'");
        using var admin = await _panel.SignInWithRole("super_admin");

        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/websites")).StatusCode);
    }

    [Fact]
    public async Task Create_ThenChange_GivesAndTakesPermissionsAtOnce()
    {
        using var admin = await _panel.SignInWithRole("super_admin");

        using var created = await Save(admin, "/role-management/new", "Night shift", null, "orders.view", "websites.view");
        var id = long.Parse(created.Headers.Location!.PathAndQuery().Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
        using var user = await _panel.SignIn();
        await Execute($"insert into user_roles (user_id, role_id) values ({user.UserId}, {id})");
        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("/websites")).StatusCode);
        using var changed = await Save(admin, $"/role-management/{id}", "Night shift", 1, "orders.view");

        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("/websites")).StatusCode);
        Assert.Equal(["night_shift 2"], await Rows($"select code || ' ' || version from roles where id = {id}"));
        Assert.Equal(
            ["""["orders.view", "websites.view"] ["orders.view"]"""],
            await Rows(
                "select (before -> 'permissions')::text || ' ' || (after -> 'permissions')::text from audit_entries where action = 'role.changed'"
            )
        );
        using var again = await Save(admin, "/role-management/new", "night SHIFT", null);
        Assert.Contains("already", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OverAnotherChange_ShowsBothVersionsAndChangesNothing()
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        var support = await Id("support");
        using var theirs = await Save(admin, $"/role-management/{support}", "Helpers", 1, "orders.view");

        using var mine = await Save(admin, $"/role-management/{support}", "Mine", 1, "jobs.view");
        var html = await mine.Content.ReadAsStringAsync();

        Assert.Contains("Somebody else changed this role", html, StringComparison.Ordinal);
        Assert.Equal(
            ["Helpers orders.view"],
            await Rows(
                $"select r.name || ' ' || p.permission_code from roles r join role_permissions p on p.role_id = r.id where r.id = {support}"
            )
        );
    }

    [Fact]
    public async Task Manager_BeyondTheirOwnPermissions_IsRefused()
    {
        using var manager = await _panel.SignIn("roles.view", "roles.manage", "orders.view");
        using var key = await _panel.Client("roles.view", "roles.manage", "orders.view", "roles:create");
        var before = await Rows("select role_id || permission_code from role_permissions order by 1");

        Assert.Equal(HttpStatusCode.Forbidden, (await Save(manager, "/role-management/new", "Mine", null, "users.manage")).StatusCode);
        foreach (var code in (string[])["super_admin", "admin", "support"])
            Assert.Equal(
                HttpStatusCode.Forbidden,
                (await Save(manager, $"/role-management/{await Id(code)}", "x", 1, "orders.view")).StatusCode
            );
        using var created = await key.PostAsJsonAsync(Roles, new { name = "Mine", permissions = new[] { "users.manage" } });
        using var changed = await key.PatchAsJsonAsync(
            $"{Roles}/{await Id("admin")}",
            new { version = 1, permissions = new[] { "orders.view" } }
        );

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (created.StatusCode, changed.StatusCode));
        Assert.Equal(before, await Rows("select role_id || permission_code from role_permissions order by 1"));
        Assert.Equal(["6"], await Rows("select count(*)::text from audit_entries where action = 'access.forbidden'"));
    }

    [Fact]
    public async Task SuperAdmin_Changed_StaysAsItIs()
    {
        using var admin = await _panel.SignInWithRole("super_admin");

        using var changed = await Save(admin, $"/role-management/{await Id("super_admin")}", "Nobody", 1);

        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        Assert.Equal(["Super admin true"], await Rows("select name || ' ' || requires_two_factor from roles where code = 'super_admin'"));
    }

    [Fact]
    public async Task Api_CreatedAndChanged_AnswersWithTheRole()
    {
        using var key = await _panel.Client([.. await Rows("select code from permissions"), "roles:create"]);

        using var created = await key.PostAsJsonAsync(
            Roles,
            new
            {
                name = "Api role",
                permissions = new[] { "orders.view" },
                requiresTwoFactor = true,
            }
        );
        var role = await created.Content.ReadFromJsonAsync<JsonElement>();
        var id = role.GetProperty("id").GetInt64();
        using var changed = await key.PatchAsJsonAsync($"{Roles}/{id}", new { version = 1, description = "Changed" });
        using var stale = await key.PatchAsJsonAsync($"{Roles}/{id}", new { version = 1, description = "Stale" });
        using var unknown = await key.PostAsJsonAsync(Roles, new { name = "Other", permissions = new[] { "nothing.view" } });
        using var assigned = await key.PostAsJsonAsync(
            Roles,
            new
            {
                name = "Other",
                permissions = Array.Empty<string>(),
                builtIn = true,
            }
        );

        Assert.Equal("api_role", role.GetProperty("code").GetString());
        Assert.Equal("Changed", (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("description").GetString());
        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest),
            (stale.StatusCode, unknown.StatusCode, assigned.StatusCode)
        );
        Assert.Contains("api_role", await key.GetStringAsync(Roles), StringComparison.Ordinal);
    }

    private async Task<long> Id(string code) =>
        long.Parse(
            (await Rows($"select id::text from roles where code = '{code}'")).Single(),
            System.Globalization.CultureInfo.InvariantCulture
        );

    private static Task<HttpResponseMessage> Save(PagesClient pages, string path, string name, int? version, params string[] permissions) =>
        Save(pages, path, name, version, false, permissions);

    private static Task<HttpResponseMessage> Save(
        PagesClient pages,
        string path,
        string name,
        int? version,
        bool twoFactor,
        params string[] permissions
    )
    {
        var fields = permissions.Select(p => KeyValuePair.Create("Permissions", p)).Append(KeyValuePair.Create("Name", name));
        if (version is not null)
            fields = fields.Append(KeyValuePair.Create("Version", $"{version}"));
        if (twoFactor)
            fields = fields.Append(KeyValuePair.Create("RequiresTwoFactor", "true"));
        return pages.PostForm(path, fields, page: "/account");
    }

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
}
