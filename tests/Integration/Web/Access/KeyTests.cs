using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database.Access;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>Personal keys and service keys: whose they are, what they may, and what ends with them.</summary>
public sealed partial class KeyTests : IAsyncLifetime
{
    private const string Keys = "/api/admin/api-keys";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task PersonalKey_MadeByAnybody_MayWhatItsOwnerMayNow()
    {
        using var owner = await _panel.SignIn("orders.view", "jobs.view");

        using var client = Client(await MakePersonal(owner, "laptop", "orders.view", "jobs.view"));
        var before = (await Status(client, "/api/admin/orders"), await Status(client, "/api/admin/jobs"));
        await Execute(
            "delete from role_permissions where permission_code = 'jobs.view' and role_id in (select role_id from user_roles where user_id = @UserId)",
            owner
        );
        var after = (await Status(client, "/api/admin/orders"), await Status(client, "/api/admin/jobs"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), before);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), after);
        Assert.Equal(
            ["personal 90"],
            await Rows("select kind || ' ' || round(extract(epoch from expires_at - now()) / 86400) from api_keys")
        );
        Assert.Equal([$"laptop ({owner.Email})"], await Rows("select actor_name from audit_entries where action = 'access.forbidden'"));
    }

    [Theory]
    [InlineData("jobs.view")]
    [InlineData("orders:write")]
    [InlineData("keys:create")]
    public async Task PersonalKey_OfMoreThanItsOwnerMay_IsNotMade(string scope)
    {
        using var owner = await _panel.SignIn("orders.view");

        using var refused = await PostPersonal(owner, "laptop", "90", scope);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Empty(await Rows("select name from api_keys"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("366")]
    public async Task PersonalKey_ThatWouldLiveTooLong_IsNotMade(string days)
    {
        using var owner = await _panel.SignIn("orders.view");

        using var refused = await PostPersonal(owner, "laptop", days, "orders.view");

        Assert.Contains("Choose 1 to 365 days", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await Rows("select name from api_keys"));
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("deleted")]
    [InlineData("signed out by an admin")]
    [InlineData("signed out everywhere else")]
    [InlineData("password reset")]
    [InlineData("two-factor reset")]
    public async Task PersonalKey_OfAnOwnerWhoIsShutOut_IsSuspended(string how)
    {
        using var owner = await _panel.SignIn("orders.view");
        using var admin = await _panel.SignInWithRole("super_admin");
        using var client = Client(await MakePersonal(owner, "laptop", "orders.view"));
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/api/admin/orders"));

        var user = $"/admin/users/{owner.UserId}";
        if (how == "disabled")
            await admin.PostForm($"{user}?handler=Disable");
        else if (how == "deleted")
            await admin.PostForm($"{user}?handler=Delete");
        else if (how == "signed out by an admin")
            await admin.PostForm($"{user}?handler=EndSessions");
        else if (how == "signed out everywhere else")
            await owner.PostForm("/account/sessions?handler=Others", new Dictionary<string, string> { ["Password"] = TestUser.Password });
        else if (how == "password reset")
            await using (var db = await _panel.DataSource.OpenConnectionAsync())
                await Users.ResetPassword(db, owner.Email, "x", "y", TimeSpan.FromDays(1));
        else
        {
            await Execute("update users set two_factor_enabled = true, totp_secret = 'x' where id = @UserId", owner);
            await admin.PostForm($"{user}?handler=ResetTwoFactor");
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await Status(client, "/api/admin/orders"));
        Assert.Equal(["true"], await Rows("select (suspended_at is not null)::text from api_keys"));
        // Not by itself when its owner is let in again.
        await Execute("update users set status = 'active', deleted_at = null, must_change_password = false where id = @UserId", owner);
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(client, "/api/admin/orders"));
    }

    [Theory]
    [InlineData("update users set must_change_password = true where id = @UserId")]
    [InlineData("update roles set requires_two_factor = true where id in (select role_id from user_roles where user_id = @UserId)")]
    public async Task PersonalKey_OfAnOwnerWhoMustDoSomethingFirst_OpensNothing(string change)
    {
        using var owner = await _panel.SignIn("orders.view");
        using var client = Client(await MakePersonal(owner, "laptop", "orders.view"));

        await Execute(change, owner);

        Assert.Equal(HttpStatusCode.Unauthorized, await Status(client, "/api/admin/orders"));
    }

    [Fact]
    public async Task PersonalKey_Suspended_WorksAgainWhenItsOwnerSaysSo()
    {
        using var owner = await _panel.SignIn("orders.view");
        using var other = await _panel.SignIn("security.view", "security.manage", "orders.view");
        using var client = Client(await MakePersonal(owner, "laptop", "orders.view"));
        var id = (await Rows("select id::text from api_keys")).Single();
        await owner.PostForm("/account/sessions?handler=Others", new Dictionary<string, string> { ["Password"] = TestUser.Password });

        using var ofAnother = await Post(other, "/account/api-keys?handler=Resume", id);
        var still = await Status(client, "/api/admin/orders");
        using var resumed = await Post(owner, "/account/api-keys?handler=Resume", id);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (ofAnother.StatusCode, still));
        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (resumed.StatusCode, await Status(client, "/api/admin/orders")));
    }

    [Fact]
    public async Task PersonalKey_OfSomebodyElse_CanBeRevokedAndNotRotated()
    {
        using var owner = await _panel.SignIn("orders.view");
        using var manager = await _panel.SignIn("security.view", "security.manage", "orders.view");
        using var key = await _panel.Client("security.manage", "orders.view", "keys:create");
        using var client = Client(await MakePersonal(owner, "laptop", "orders.view"));
        var id = (await Rows("select id::text from api_keys where kind = 'personal'")).Single();

        using var rotated = await manager.PostForm(
            "/security/api-keys?handler=Rotate",
            new Dictionary<string, string> { ["id"] = id, ["hours"] = "0" }
        );
        using var byKey = await key.PostAsJsonAsync($"{Keys}/{id}/rotate", new { oldKeyHours = 0 });
        using var own = await Post(manager, "/account/api-keys?handler=Revoke", id);
        var before = await Status(client, "/api/admin/orders");
        using var revoked = await Post(manager, "/security/api-keys?handler=Revoke", id);

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.NotFound),
            (rotated.StatusCode, byKey.StatusCode, own.StatusCode)
        );
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (before, revoked.StatusCode));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(client, "/api/admin/orders"));
    }

    [Theory]
    [InlineData(new string[0], "/account/api-keys", "NotFound")]
    [InlineData(new[] { "orders.view" }, "/account/api-keys", "NotFound")]
    [InlineData(new[] { "security.view", "security.manage", "orders.view" }, "/account/api-keys", "NotFound")]
    [InlineData(new[] { "security.view", "orders.view" }, "/security/api-keys", "Forbidden")]
    public async Task ServiceKey_IsNotRotatedByThosePagesOrPeople(string[] permissions, string page, string status)
    {
        using var client = await _panel.Client("orders.view");
        using var somebody = await _panel.SignIn(permissions);
        var id = (await Rows("select id::text from api_keys")).Single();

        using var rotated = await Post(somebody, $"{page}?handler=Rotate", id);

        Assert.Equal(status, $"{rotated.StatusCode}");
        Assert.Equal("", Shown(await rotated.Content.ReadAsStringAsync()));
        Assert.Equal(["1"], await Rows("select count(*)::text from api_keys"));
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/api/admin/orders"));
    }

    [Fact]
    public async Task ServiceKey_IsNotRotatedByWhoeverManagesNoKeys()
    {
        using var client = await _panel.Client("orders.view");
        var id = long.Parse((await Rows("select id::text from api_keys")).Single(), System.Globalization.CultureInfo.InvariantCulture);
        var actor = new Actor(ActorKind.User, 1, "somebody", new Authority(new HashSet<string> { "orders.view" }, false), null, "x");

        var outcome = await _panel.Services.GetRequiredService<KeyActions>().Rotate(actor, id, TimeSpan.Zero);

        Assert.IsType<Outcome<NewKey>.Refused>(outcome);
        Assert.Equal(HttpStatusCode.OK, await Status(client, "/api/admin/orders"));
    }

    [Fact]
    public async Task PersonalKey_MakesPersonalKeysOfItsOwnerAlone()
    {
        using var owner = await _panel.SignIn("security.view", "security.manage", "orders.view");
        using var service = await _panel.Client("orders.view");
        using var mother = Client(await MakePersonal(owner, "mother", "security.manage", "orders.view", "keys:create"));
        using var child = Client(await Made(mother, "child"));
        using var grandchild = Client(await Made(child, "grandchild"));
        Assert.Equal(HttpStatusCode.OK, await Status(grandchild, "/api/admin/orders"));

        using var rotated = await mother.PostAsJsonAsync($"{Keys}/{await Id("test orders.view")}/rotate", new { oldKeyHours = 0 });

        Assert.Equal(HttpStatusCode.Forbidden, rotated.StatusCode);
        Assert.Equal(
            [$"mother personal {owner.UserId}", $"child personal {owner.UserId}", $"grandchild personal {owner.UserId}"],
            await Rows("select name || ' ' || kind || ' ' || owner_id from api_keys where owner_id is not null order by id")
        );
        await Execute("update users set status = 'disabled' where id = @UserId", owner);
        foreach (var ended in (HttpClient[])[mother, child, grandchild])
            Assert.Equal(HttpStatusCode.Unauthorized, await Status(ended, "/api/admin/orders"));
        Assert.Equal(HttpStatusCode.OK, await Status(service, "/api/admin/orders"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(3650)]
    public async Task Key_MadeByAKey_LivesNoLongerThanItsMaker(int? days)
    {
        using var mother = await _panel.Client("security.manage", "orders.view", "keys:create");
        await Age("-80 days", "10 days");

        using var made = await mother.PostAsJsonAsync(
            Keys,
            new
            {
                name = "child",
                scopes = new[] { "orders.view" },
                expiresInDays = days,
            }
        );

        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal([$"{days switch { 1 => 1, _ => 10 }}"], await DaysLeft("child"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_RotatedByAKey_LivesNoLongerThanThat(bool itself)
    {
        using var mother = await _panel.Client("security.manage", "orders.view", "keys:create");
        await Age("-80 days", "10 days");
        await using (var db = await _panel.DataSource.OpenConnectionAsync())
            await ApiKeys.Create(db, "other", ["orders.view"], expiresAt: null);
        var name = itself ? "test security.manage orders.view keys:create" : "other";

        using var rotated = await mother.PostAsJsonAsync($"{Keys}/{await Id(name)}/rotate", new { oldKeyHours = 24 });

        Assert.Equal(HttpStatusCode.OK, rotated.StatusCode);
        Assert.Equal(["10"], await Rows($"{DaysLeftSql} where id = (select max(id) from api_keys)"));
    }

    [Fact]
    public async Task PersonalKey_ThatRotatesItself_IsNotRenewed()
    {
        using var owner = await _panel.SignIn("security.manage", "orders.view");
        using var key = Client(await MakePersonal(owner, "laptop", "security.manage", "keys:create", "orders.view"));
        await Age("-80 days", "10 days");

        using var rotated = await key.PostAsJsonAsync($"{Keys}/{await Id("laptop")}/rotate", new { oldKeyHours = 0 });

        Assert.Equal(HttpStatusCode.OK, rotated.StatusCode);
        Assert.Equal(["10"], await Rows($"{DaysLeftSql} where id = (select max(id) from api_keys)"));
    }

    [Theory]
    [InlineData("old")]
    [InlineData("new")]
    public async Task Revoke_OfEitherHalfOfARotation_EndsWhatTheOldOneMade(string which)
    {
        using var mother = await _panel.Client("security.manage", "orders.view", "keys:create");
        using var child = Client(await Made(mother, "child"));
        using var admin = await _panel.SignIn("security.view", "security.manage", "orders.view");
        var old = await Id("test security.manage orders.view keys:create");
        using var rotated = await admin.PostForm(
            "/security/api-keys?handler=Rotate",
            new Dictionary<string, string> { ["id"] = old, ["hours"] = "24" }
        );
        using var fresh = Client(Shown(await rotated.Content.ReadAsStringAsync()));
        var successor = (await Rows("select successor_id::text from api_keys where successor_id is not null")).Single();

        using var revoked = await Post(admin, "/security/api-keys?handler=Revoke", which == "old" ? old : successor);

        Assert.Equal(HttpStatusCode.Unauthorized, await Status(child, "/api/admin/orders"));
        Assert.Equal(
            which == "old" ? (HttpStatusCode.Unauthorized, HttpStatusCode.OK) : (HttpStatusCode.OK, HttpStatusCode.Unauthorized),
            (await Status(mother, "/api/admin/orders"), await Status(fresh, "/api/admin/orders"))
        );
    }

    [Fact]
    public async Task Keys_ThatRotateEachOtherAtOnce_DoNotWaitForEachOtherForEver()
    {
        using var one = await _panel.Client("security.manage", "keys:create");
        using var two = await _panel.Client("security.manage", "keys:create", "security.manage");
        var ids = await Rows("select id::text from api_keys order by id");

        for (var round = 0; round < 10; round++)
        {
            await Rows("update api_keys set successor_id = null returning 'x'");
            var answers = await Task.WhenAll(
                one.PostAsJsonAsync($"{Keys}/{ids[1]}/rotate", new { oldKeyHours = 24 }),
                two.PostAsJsonAsync($"{Keys}/{ids[0]}/rotate", new { oldKeyHours = 24 })
            );
            Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        }
    }

    [Fact]
    public async Task ServiceKey_OfWhoeverIsGone_WorksOnAndDoesNotExpire()
    {
        using var admin = await _panel.SignIn("security.view", "security.manage", "orders.view");
        using var made = await admin.PostForm(
            "/security/api-keys/new",
            [KeyValuePair.Create("Name", "shop"), KeyValuePair.Create("Days", ""), KeyValuePair.Create("Chosen", "orders.view")]
        );
        using var client = Client(Shown(await made.Content.ReadAsStringAsync()));

        await Execute("update users set status = 'disabled' where id = @UserId", admin);

        Assert.Equal(HttpStatusCode.OK, await Status(client, "/api/admin/orders"));
        Assert.Equal(["service never"], await Rows("select kind || ' ' || coalesce(expires_at::text, 'never') from api_keys"));
    }

    [Theory]
    [InlineData("POST", Keys, """{"name":"x","scopes":["orders.view"]}""", "keys:create")]
    [InlineData("POST", Keys + "/{key}/rotate", """{"oldKeyHours":0}""", "keys:create")]
    [InlineData("POST", "/api/admin/users", """{"email":"new@example.com","displayName":"New","roles":[]}""", "users:create")]
    [InlineData("PATCH", "/api/admin/users/{user}", """{"version":1,"roles":["customer"]}""", "users:create")]
    [InlineData("POST", "/api/admin/roles", """{"name":"New","permissions":[]}""", "roles:create")]
    [InlineData("PATCH", "/api/admin/roles/{role}", """{"version":1,"permissions":[]}""", "roles:create")]
    public async Task Key_WithThePermissionAlone_GivesNoPowerAway(string method, string path, string body, string scope)
    {
        var permissions = await Rows("select code from permissions");
        using var without = await _panel.Client([.. permissions]);
        using var with = await _panel.Client([.. permissions, scope]);
        await using (var db = await _panel.DataSource.OpenConnectionAsync())
        {
            await TestUser.Create(db, "orders.view");
            await ApiKeys.Create(db, "other", ["orders.view"], expiresAt: null);
        }
        path = path.Replace("{key}", (await Rows("select max(id)::text from api_keys")).Single(), StringComparison.Ordinal)
            .Replace("{user}", (await Rows("select max(id)::text from users")).Single(), StringComparison.Ordinal)
            .Replace("{role}", (await Rows("select max(id)::text from roles")).Single(), StringComparison.Ordinal);

        using var refused = await Send(without, method, path, body);
        using var done = await Send(with, method, path, body);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var problem = await refused.Content.ReadAsStringAsync();
        Assert.Contains("scope_missing", problem, StringComparison.Ordinal);
        Assert.Contains($"the scope {scope}.", problem, StringComparison.Ordinal);
        Assert.True(done.IsSuccessStatusCode, $"{done.StatusCode}");
    }

    [Fact]
    public async Task EnrolmentCode_OfAPersonalKey_TakesTheScopeAndOfAServiceKeyNone()
    {
        using var owner = await _panel.SignIn("servers.view", "servers.manage");
        using var without = Client(await MakePersonal(owner, "a", "servers.manage"));
        using var with = Client(await MakePersonal(owner, "b", "servers.manage", "servers:enrol"));
        using var service = await _panel.Client("servers.manage");
        var path = $"/api/admin/servers/{(await Rows("select min(id)::text from servers")).Single()}/enrolment-code";

        Assert.Equal(HttpStatusCode.Forbidden, (await without.PostAsync(path, null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await with.PostAsync(path, null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.PostAsync(path, null)).StatusCode);
    }

    [Fact]
    public async Task Revoke_OfAKeyThatMadeOthers_EndsAllOfThem()
    {
        using var mother = await _panel.Client("security.manage", "orders.view", "keys:create");
        using var child = Client(await Made(mother, "child"));
        using var grandchild = Client(await Made(child, "grandchild"));
        using var admin = await _panel.SignIn("security.view", "security.manage", "orders.view");
        // Rotated by a person: what takes a descendant's place is a descendant.
        using var rotated = await admin.PostForm(
            "/security/api-keys?handler=Rotate",
            new Dictionary<string, string> { ["id"] = await Id("grandchild"), ["hours"] = "24" }
        );
        using var successor = Client(Shown(await rotated.Content.ReadAsStringAsync()));
        using var stranger = await _panel.Client("orders.view", "jobs.view");
        Assert.Equal(HttpStatusCode.OK, await Status(successor, "/api/admin/orders"));

        using var revoked = await Post(
            admin,
            "/security/api-keys?handler=Revoke",
            await Id("test security.manage orders.view keys:create")
        );

        Assert.Equal(HttpStatusCode.Redirect, revoked.StatusCode);
        foreach (var ended in (HttpClient[])[mother, child, grandchild, successor])
            Assert.Equal(HttpStatusCode.Unauthorized, await Status(ended, "/api/admin/orders"));
        Assert.Equal(HttpStatusCode.OK, await Status(stranger, "/api/admin/orders"));
        Assert.Equal(["3"], await Rows("select after ->> 'madeByIt' from audit_entries where action = 'key.revoked'"));
    }

    [Fact]
    public async Task Revoke_OfAKeyThatAPersonReplaced_LeavesTheNewOne()
    {
        using var old = await _panel.Client("orders.view");
        using var admin = await _panel.SignIn("security.view", "security.manage", "orders.view");
        var id = (await Rows("select id::text from api_keys")).Single();
        using var rotated = await admin.PostForm(
            "/security/api-keys?handler=Rotate",
            new Dictionary<string, string> { ["id"] = id, ["hours"] = "24" }
        );
        using var fresh = Client(Shown(await rotated.Content.ReadAsStringAsync()));

        using var revoked = await Post(admin, "/security/api-keys?handler=Revoke", id);

        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            (await Status(old, "/api/admin/orders"), await Status(fresh, "/api/admin/orders"))
        );
    }

    [Fact]
    public async Task Revoke_WhileTheKeyMakesOthers_LeavesNoneOfThem()
    {
        using var mother = await _panel.Client("security.manage", "orders.view", "keys:create");
        using var admin = await _panel.SignIn("security.view", "security.manage", "orders.view");
        var id = (await Rows("select id::text from api_keys")).Single();

        var making = Enumerable
            .Range(0, 16)
            .Select(i => mother.PostAsJsonAsync(Keys, new { name = $"made {i}", scopes = new[] { "orders.view" } }));
        await Task.WhenAll([.. making, Post(admin, "/security/api-keys?handler=Revoke", id)]);

        Assert.Equal(["0"], await Rows("select count(*)::text from api_keys where revoked_at is null"));
    }

    [Theory]
    [InlineData("admin@example.com")]
    [InlineData("admin＠example.com")]
    [InlineData("admin﹫example.com")]
    [InlineData("shop @ night")]
    public async Task Key_NamedLikeAPerson_IsNotMade(string name)
    {
        using var key = await _panel.Client("security.manage", "orders.view", "keys:create");
        using var owner = await _panel.SignIn("security.view", "security.manage", "orders.view");

        using var byKey = await key.PostAsJsonAsync(Keys, new { name, scopes = new[] { "orders.view" } });
        using var personal = await PostPersonal(owner, name, "90", "orders.view");
        using var service = await owner.PostForm(
            "/security/api-keys/new",
            [KeyValuePair.Create("Name", name), KeyValuePair.Create("Days", "30"), KeyValuePair.Create("Chosen", "orders.view")]
        );

        Assert.Equal(HttpStatusCode.BadRequest, byKey.StatusCode);
        Assert.Contains("no e-mail address", await personal.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("no e-mail address", await service.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["1"], await Rows("select count(*)::text from api_keys"));
    }

    [Theory]
    [InlineData(365, 40, null)]
    [InlineData(365, 29, "key_expires_30_days")]
    [InlineData(365, 13, "key_expires_14_days")]
    [InlineData(365, 2, "key_expires_3_days")]
    // Made for less: it is not warned of on its first day.
    [InlineData(30, 29, null)]
    [InlineData(30, 13, "key_expires_14_days")]
    [InlineData(365, -1, null)]
    public async Task ServiceKey_ThatEndsSoon_NeedsAttention(int life, int left, string? code)
    {
        using var viewer = await _panel.Client("security.view");
        using var other = await _panel.Client("jobs.view");
        await using (var db = await _panel.DataSource.OpenConnectionAsync())
        {
            await ApiKeys.Create(db, "shop", ["orders.view"], expiresAt: null);
            await db.ExecuteAsync(
                "update api_keys set created_at = now() + make_interval(days => @left - @life), expires_at = now() + make_interval(days => @left) where name = 'shop'",
                new { left, life }
            );
        }

        var items = (await viewer.GetFromJsonAsync<JsonElement>("/api/admin/attention?kind=keys"))
            .GetProperty("items")
            .EnumerateArray()
            .ToList();

        Assert.Equal(code is null ? [] : [code], items.Select(i => i.GetProperty("code").GetString()!));
        Assert.Equal(0, (await other.GetFromJsonAsync<JsonElement>("/api/admin/attention")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task KeyOfTheFirstRelease_ThatEndsSoon_IsListedForThatFirst()
    {
        using var viewer = await _panel.Client("security.view");
        await Age("-300 days", "2 days");
        await Rows("update api_keys set to_review = true returning 'x'");

        Assert.Equal(["key_expires_3_days"], await Attention(viewer));
    }

    [Fact]
    public async Task KeyOfTheFirstRelease_IsListedUntilSomebodyKeepsIt()
    {
        using var admin = await _panel.SignIn("security.view", "security.manage");
        using var viewer = await _panel.Client("security.view");
        await Execute("update api_keys set to_review = true", admin);
        var id = (await Rows("select id::text from api_keys")).Single();
        Assert.Equal(["key_to_review"], await Attention(viewer));
        Assert.Equal(1, (await viewer.GetFromJsonAsync<JsonElement>($"{Keys}?review=open")).GetProperty("total").GetInt32());

        using var kept = await Post(admin, "/security/api-keys?handler=Keep", id);
        using var again = await Post(admin, "/security/api-keys?handler=Keep", id);

        Assert.Empty(await Attention(viewer));
        Assert.Equal(["key.reviewed"], await Rows("select action from audit_entries where action like 'key.%'"));
        Assert.Equal(HttpStatusCode.OK, await Status(viewer, Keys));
    }

    private static async Task<IEnumerable<string?>> Attention(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>("/api/admin/attention?kind=keys"))
            .GetProperty("items")
            .EnumerateArray()
            .Select(i => i.GetProperty("code").GetString());

    private const string DaysLeftSql = "select round(extract(epoch from expires_at - now()) / 86400)::text from api_keys";

    private Task<IReadOnlyList<string>> DaysLeft(string name) => Rows($"{DaysLeftSql} where name = @name", new { name });

    /// <summary>Of every key there is.</summary>
    private Task<IReadOnlyList<string>> Age(string made, string left) =>
        Rows(
            "update api_keys set created_at = now() + @made::interval, expires_at = now() + @left::interval returning 'x'",
            new { made, left }
        );

    private static async Task<string> Made(HttpClient maker, string name)
    {
        using var made = await maker.PostAsJsonAsync(
            Keys,
            new { name, scopes = new[] { "security.manage", "orders.view", "keys:create" } }
        );
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private async Task<string> Id(string name) =>
        (await Rows("select id::text from api_keys where name = @name order by id limit 1", new { name })).Single();

    private static async Task<HttpResponseMessage> Send(HttpClient client, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        return await client.SendAsync(request);
    }

    private static Task<HttpResponseMessage> Post(PagesClient pages, string path, string id) =>
        pages.PostForm(path, new Dictionary<string, string> { ["id"] = id }, page: "/account");

    private static Task<HttpResponseMessage> PostPersonal(PagesClient pages, string name, string days, params string[] scopes) =>
        pages.PostForm(
            "/account/api-keys",
            scopes
                .Select(s => KeyValuePair.Create("Chosen", s))
                .Append(KeyValuePair.Create("Name", name))
                .Append(KeyValuePair.Create("Days", days))
        );

    private static async Task<string> MakePersonal(PagesClient pages, string name, params string[] scopes)
    {
        using var made = await PostPersonal(pages, name, "90", scopes);
        return Shown(await made.Content.ReadAsStringAsync());
    }

    private static async Task<HttpStatusCode> Status(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return answer.StatusCode;
    }

    private HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = _panel.ApiAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static string Shown(string html) => KeyText().Match(html).Value;

    private async Task Execute(string sql, PagesClient pages)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(sql, new { pages.UserId });
    }

    private async Task<IReadOnlyList<string>> Rows(string sql, object? parameters = null)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return [.. await db.QueryAsync<string>(sql, parameters)];
    }

    [GeneratedRegex("mpk_[0-9a-f]{12}_[A-Za-z0-9_-]{40,}")]
    private static partial Regex KeyText();
}
