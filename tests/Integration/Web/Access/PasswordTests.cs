using System.Net;
using Dapper;
using MPanel.Database.Access;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>Choosing a password: one's own, after a one-time one, and by an invitation.</summary>
public sealed class PasswordTests : IAsyncLifetime
{
    private const string Fresh = "maple carousel 7 driftwood";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Change_WithTheCurrentPassword_EndsOtherSessionsAndKeepsThisOne()
    {
        using var pages = await _panel.SignIn();
        using var other = await _panel.SignInAs(new TestUser(pages.UserId, pages.Email));

        using var changed = await Change(pages, TestUser.Password, Fresh);

        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/account")).StatusCode);
        using var next = _panel.Pages();
        Assert.Equal(HttpStatusCode.OK, await Login(next, pages.Email, TestUser.Password));
        Assert.Equal(HttpStatusCode.Redirect, await Login(next, pages.Email, Fresh));
        Assert.Equal([$"user.password_changed user {pages.Email}"], await Rows("select action || ' ' || subject from audit_entries"));
        Assert.Empty(await Rows("select id::text from audit_entries where after::text like '%maple%' or before::text like '%maple%'"));
    }

    [Theory]
    [InlineData("not the password", Fresh, Fresh)]
    [InlineData(TestUser.Password, Fresh, "something else 42")]
    [InlineData(TestUser.Password, "short", "short")]
    [InlineData(TestUser.Password, "Password12345!", "Password12345!")]
    [InlineData(TestUser.Password, TestUser.Password, TestUser.Password)]
    public async Task Change_ThatBreaksARule_ChangesNothing(string current, string chosen, string repeated)
    {
        using var pages = await _panel.SignIn();

        using var answer = await Change(pages, current, chosen, repeated);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("field-validation-error", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var next = _panel.Pages();
        Assert.Equal(HttpStatusCode.Redirect, await Login(next, pages.Email, TestUser.Password));
        Assert.Empty(await Rows("select action from audit_entries"));
    }

    [Fact]
    public async Task OneTimePassword_LeadsToTheChangeBeforeAnythingElse()
    {
        using var pages = await _panel.SignIn("websites.view");
        await Execute("update users set must_change_password = true");

        foreach (var path in (string[])["/websites", "/account", "/", "/account/two-factor"])
        {
            using var answer = await pages.GetAsync(path);
            Assert.Equal("/account/password", answer.Headers.Location?.PathAndQuery());
        }
        using var changed = await Change(pages, TestUser.Password, Fresh);
        Assert.Equal("/", changed.Headers.Location?.PathAndQuery());
        Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync("/websites")).StatusCode);
    }

    [Fact]
    public async Task Invitation_Accepted_MakesTheUserActiveAndSignsThemIn()
    {
        var (user, token) = await Invite();
        using var pages = _panel.Pages();

        using var accepted = await Accept(pages, token, Fresh);

        Assert.Equal("/", accepted.Headers.Location?.PathAndQuery());
        Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync("/account")).StatusCode);
        Assert.Equal(["active"], await Rows("select status from users where id = @user", new { user }));
        Assert.Contains("link has ended", await pages.GetStringAsync($"/invitation?token={token}"), StringComparison.Ordinal);
        Assert.Empty(
            await Rows("select id::text from user_invitations where encode(token_hash, 'escape') like @token", new { token = $"%{token}%" })
        );
    }

    [Fact]
    public async Task Invitation_AcceptedTwiceAtOnce_WorksOnce()
    {
        var (_, token) = await Invite();
        using var first = _panel.Pages();
        using var second = _panel.Pages();

        var answers = await Task.WhenAll(Accept(first, token, Fresh), Accept(second, token, "another " + Fresh));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Redirect);
        Assert.Equal(["1"], await Rows("select count(*)::text from sessions"));
    }

    [Theory]
    [InlineData("update user_invitations set expires_at = now()")]
    [InlineData("update users set status = 'disabled' where status = 'invited'")]
    [InlineData("update user_invitations set used_at = now()")]
    public async Task Invitation_ThatHasEnded_SetsNoPassword(string change)
    {
        var (user, token) = await Invite();
        using var pages = _panel.Pages();
        var antiforgery = await pages.AntiforgeryToken($"/invitation?token={token}");
        await Execute(change);

        using var content = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["Token"] = token,
                ["Password"] = Fresh,
                ["Repeated"] = Fresh,
                ["__RequestVerificationToken"] = antiforgery,
            }
        );
        using var answer = await pages.PostAsync("/invitation", content);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([""], await Rows("select coalesce(password_hash, '') from users where id = @user", new { user }));
    }

    [Fact]
    public async Task Sessions_Revoked_AreSignedOutAndOnlyOnesOwn()
    {
        using var pages = await _panel.SignIn();
        using var other = await _panel.SignInAs(new TestUser(pages.UserId, pages.Email));
        using var stranger = await _panel.SignIn();
        var theirs = (await Rows("select id::text from sessions where user_id = @UserId", new { stranger.UserId })).Single();

        using var foreign = await pages.PostForm("/account/sessions?handler=End", new Dictionary<string, string> { ["id"] = theirs });
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/account")).StatusCode);
        using var others = await SignOutOthers(pages, TestUser.Password);

        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync("/account/sessions")).StatusCode);
        Assert.Equal(["user.sessions_ended"], await Rows("select action from audit_entries"));
    }

    [Fact]
    public async Task Sessions_RevokedWithAGuessedPassword_GoOnAndTheGuessesLock()
    {
        using var pages = await _panel.SignIn();
        using var other = await _panel.SignInAs(new TestUser(pages.UserId, pages.Email));

        for (var i = 0; i < 5; i++)
        {
            using var guessed = await SignOutOthers(pages, "not the password");
            Assert.Contains("This is not your password", await guessed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var locked = await SignOutOthers(pages, TestUser.Password);

        Assert.Equal(HttpStatusCode.OK, locked.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/account")).StatusCode);
        Assert.Empty(await Rows("select action from audit_entries"));
        Assert.Equal(
            ["locked_out 1", "wrong_password 5"],
            await Rows("select outcome || ' ' || count(*) from login_attempts where outcome <> 'signed_in' group by outcome order by 1")
        );
    }

    [Fact]
    public async Task Profile_SavedOverAnotherChange_ShowsBothVersions()
    {
        using var pages = await _panel.SignIn();
        await Execute("update users set display_name = 'Theirs', version = version + 1");

        using var conflict = await Profile(pages, "Mine <script>", "Europe/Berlin", "1");
        var html = await conflict.Content.ReadAsStringAsync();

        Assert.Contains("Theirs", html, StringComparison.Ordinal);
        Assert.Contains("Mine &lt;script&gt;", html, StringComparison.Ordinal);
        Assert.Equal(["Theirs"], await Rows("select display_name from users"));
        using var saved = await Profile(pages, "Mine", "Europe/Berlin", "2");
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Equal(["Mine Europe/Berlin"], await Rows("select display_name || ' ' || time_zone from users"));
    }

    [Theory]
    [InlineData("", "UTC")]
    [InlineData("Zero\u200bwidth", "UTC")]
    [InlineData("Somebody", "Middle/Earth")]
    public async Task Profile_ThatBreaksARule_IsNotSaved(string name, string zone)
    {
        using var pages = await _panel.SignIn();

        using var answer = await Profile(pages, name, zone, "1");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["Test User"], await Rows("select display_name from users"));
    }

    [Fact]
    public async Task Form_WithAFieldItDoesNotHave_IsRefusedAndAudited()
    {
        using var pages = await _panel.SignIn();

        using var answer = await pages.PostForm(
            "/account",
            new Dictionary<string, string>
            {
                ["DisplayName"] = "Mine",
                ["TimeZone"] = "UTC",
                ["Version"] = "1",
                ["Row.TwoFactorEnabled"] = "true",
            }
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["Test User"], await Rows("select display_name from users"));
        Assert.Equal(
            [$"user {pages.Email} access.forged POST /account unknown_field Row.TwoFactorEnabled"],
            await Rows(
                "select actor_kind || ' ' || actor_name || ' ' || action || ' ' || subject || ' ' || (after ->> 'reason') from audit_entries"
            )
        );
    }

    [Fact]
    public async Task Form_WithAnothersAntiforgeryToken_IsRefusedAndAudited()
    {
        using var pages = await _panel.SignIn();
        using var other = await _panel.SignIn();
        var token = await other.AntiforgeryToken("/account");

        using var content = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["DisplayName"] = "Mine",
                ["TimeZone"] = "UTC",
                ["Version"] = "1",
                ["__RequestVerificationToken"] = token,
            }
        );
        using var answer = await pages.PostAsync("/account", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("could not be read", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["access.forged antiforgery"], await Rows("select action || ' ' || (after ->> 'reason') from audit_entries"));
    }

    private static Task<HttpResponseMessage> Profile(PagesClient pages, string name, string zone, string version) =>
        pages.PostForm(
            "/account",
            new Dictionary<string, string>
            {
                ["DisplayName"] = name,
                ["TimeZone"] = zone,
                ["Version"] = version,
            }
        );

    private static Task<HttpResponseMessage> SignOutOthers(PagesClient pages, string password) =>
        pages.PostForm("/account/sessions?handler=Others", new Dictionary<string, string> { ["Password"] = password });

    private static Task<HttpResponseMessage> Change(PagesClient pages, string current, string chosen, string? repeated = null) =>
        pages.PostForm(
            "/account/password",
            new Dictionary<string, string>
            {
                ["Current"] = current,
                ["New"] = chosen,
                ["Repeated"] = repeated ?? chosen,
            }
        );

    private static Task<HttpResponseMessage> Accept(PagesClient pages, string token, string password) =>
        pages.PostForm(
            "/invitation",
            new Dictionary<string, string>
            {
                ["Token"] = token,
                ["Password"] = password,
                ["Repeated"] = password,
            },
            page: $"/invitation?token={token}"
        );

    private static async Task<HttpStatusCode> Login(PagesClient pages, string email, string password)
    {
        using var answer = await pages.PostForm("/login", new Dictionary<string, string> { ["Email"] = email, ["Password"] = password });
        return answer.StatusCode;
    }

    private async Task<(long User, string Token)> Invite()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        var user = await TestUser.Create(db);
        await db.ExecuteAsync(
            "update users set status = 'disabled' where id = @Id; update users set status = 'invited', password_hash = null where id = @Id",
            user
        );
        await using var transaction = await db.BeginTransactionAsync();
        var token = await Invitations.Create(transaction, user.Id, "somebody@example.com");
        await transaction.CommitAsync();
        return (user.Id, token!);
    }

    private async Task Execute(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(sql);
    }

    private async Task<IReadOnlyList<string>> Rows(string sql, object? parameters = null)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return [.. await db.QueryAsync<string>(sql, parameters)];
    }
}
