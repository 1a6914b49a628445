using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using MPanel.Database.Access;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>What gives power away asks for a fresh password or code, by a form that needs no script.</summary>
public sealed partial class PasswordAgainTests : IAsyncLifetime
{
    private const string Question = "Your password, please";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    public static TheoryData<string, string> Power =>
        new()
        {
            { "/security/api-keys/new", "Name=shop&Days=30&Chosen=orders.view&Chosen=plans:read" },
            { "/security/api-keys?handler=Rotate", "id={key}&hours=0" },
            { "/account/api-keys", "Name=laptop&Days=90&Chosen=orders.view" },
            { "/admin/users/invite", "Email=new@example.com&DisplayName=New&Roles=customer" },
            { "/admin/users/{user}", "DisplayName=Other&Version=1&Roles=customer" },
            { "/admin/users/{invited}?handler=InviteAgain", "" },
            { "/admin/users/{user}?handler=ResetTwoFactor", "" },
            { "/role-management/new", "Name=New&Description=%3Cb%3E%22&Permissions=orders.view" },
            { "/role-management/{role}", "Name=Other&Version=1&Permissions=orders.view" },
            { "/servers/{server}?handler=Code", "" },
        };

    [Theory, MemberData(nameof(Power))]
    public async Task Form_LongAfterTheLastPassword_AsksAndThenDoesWhatItWasSentFor(string path, string form)
    {
        using var admin = await _panel.SignInWithRole("super_admin");
        await Prepare();
        (path, form) = (await Filled(path), await Filled(form));
        await Age(admin);
        var before = await Done();

        using var asked = await admin.PostForm(path, Fields(form), page: "/account");
        var question = await asked.Content.ReadAsStringAsync();
        var nothingYet = await Done();
        using var wrong = await Answer(admin, question, "not the password");
        var nothingStill = await Done();
        using var right = await Answer(admin, await wrong.Content.ReadAsStringAsync(), TestUser.Password);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (asked.StatusCode, wrong.StatusCode));
        Assert.Contains(Question, question, StringComparison.Ordinal);
        Assert.Contains("This is not right", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((before, before), (nothingYet, nothingStill));
        Assert.DoesNotContain(Question, await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before + 1, await Done());
        Assert.Equal(["wrong_password"], await Rows("select outcome from login_attempts order by id desc limit 1"));
    }

    [Fact]
    public async Task Form_WithinFiveMinutes_IsNotAskedForAgain()
    {
        using var admin = await _panel.SignIn("roles.view", "roles.manage");
        await Age(admin);
        using var asked = await admin.PostForm("/role-management/new", Fields("Name=First"));
        using var done = await Answer(admin, await asked.Content.ReadAsStringAsync(), TestUser.Password);

        using var next = await admin.PostForm("/role-management/new", Fields("Name=Second"));
        await Age(admin);
        using var later = await admin.PostForm("/role-management/new", Fields("Name=Third"));

        Assert.Equal(
            (HttpStatusCode.Redirect, HttpStatusCode.Redirect, HttpStatusCode.OK),
            (done.StatusCode, next.StatusCode, later.StatusCode)
        );
        Assert.Contains(Question, await later.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_OfSomebodyWhoMayNot_IsRefusedAndNotAskedFor()
    {
        using var viewer = await _panel.SignIn("roles.view");
        await Age(viewer);

        using var refused = await viewer.PostForm("/role-management/new", Fields("Name=Mine"), page: "/account");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Answer_OfTooManyGuesses_IsLockedLikeTheLogin()
    {
        using var admin = await _panel.SignIn("roles.view", "roles.manage");
        await Age(admin);
        using var asked = await admin.PostForm("/role-management/new", Fields("Name=Mine"));
        var question = await asked.Content.ReadAsStringAsync();

        for (var i = 0; i < 5; i++)
            using (await Answer(admin, question, "not the password")) { }
        using var locked = await Answer(admin, question, TestUser.Password);

        Assert.Contains("too many attempts", await locked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["locked_out"], await Rows("select outcome from login_attempts order by id desc limit 1"));
        Assert.Empty(await Rows("select name from roles where name = 'Mine'"));
    }

    [Fact]
    public async Task Field_OfThePassword_OnAFormThatDoesNotAsk_IsAForgery()
    {
        using var pages = await _panel.SignIn();

        using var refused = await pages.PostForm("/account", Fields("DisplayName=Me&TimeZone=UTC&Version=1&PasswordAgain=x"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    /// <summary>Sends what the page's form holds: nothing but what a browser without scripts would.</summary>
    private static async Task<HttpResponseMessage> Answer(PagesClient pages, string html, string password)
    {
        var action = WebUtility.HtmlDecode(Action().Match(html).Groups[1].Value);
        var fields = Hidden().Matches(html).Select(m => KeyValuePair.Create(Decoded(m, 1), Decoded(m, 2)));
        var token = WebUtility.HtmlDecode(Token().Match(html).Groups[1].Value);
        using var content = new FormUrlEncodedContent([
            .. fields,
            KeyValuePair.Create("PasswordAgain", password),
            KeyValuePair.Create("__RequestVerificationToken", token),
        ]);
        return await pages.PostAsync(action, content);
    }

    private static string Decoded(Match match, int group) => WebUtility.HtmlDecode(match.Groups[group].Value);

    private static IEnumerable<KeyValuePair<string, string>> Fields(string form) =>
        form.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(f => f.Split('=', 2))
            .Select(f => KeyValuePair.Create(f[0], Uri.UnescapeDataString(f[1])));

    private async Task Prepare()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await ApiKeys.Create(db, "old", ["orders.view"], expiresAt: null);
        var user = await TestUser.Create(db, "orders.view");
        await db.ExecuteAsync("update users set two_factor_enabled = true, totp_secret = 'x' where id = @Id", user);
        var invited = await TestUser.Create(db);
        await db.ExecuteAsync(
            "update users set status = 'disabled' where id = @Id; update users set status = 'invited', password_hash = null, display_name = 'Invited' where id = @Id",
            invited
        );
    }

    private async Task<string> Filled(string text)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        foreach (
            var (name, sql) in new[]
            {
                ("{key}", "select id from api_keys"),
                ("{user}", "select id from users where totp_secret = 'x'"),
                ("{invited}", "select id from users where status = 'invited'"),
                ("{role}", "select max(id) from roles"),
                ("{server}", "select min(id) from servers"),
            }
        )
            text = text.Replace(name, $"{await db.ExecuteScalarAsync<long>(sql)}", StringComparison.Ordinal);
        return text;
    }

    /// <summary>How many changes of these kinds stand in the audit log.</summary>
    private async Task<int> Done() =>
        int.Parse(
            (
                await Rows(
                    """
                    select count(*)::text from audit_entries
                    where action in ('key.created', 'key.rotated', 'user.invited', 'user.changed', 'user.invited_again', 'user.two_factor_reset',
                        'role.created', 'role.changed', 'server.enrolment_code_created')
                    """
                )
            ).Single(),
            System.Globalization.CultureInfo.InvariantCulture
        );

    private async Task Age(PagesClient pages)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(
            "update sessions set confirmed_at = now() - interval '6 minutes' where user_id = @UserId",
            new { pages.UserId }
        );
    }

    private async Task<IReadOnlyList<string>> Rows(string sql)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return [.. await db.QueryAsync<string>(sql)];
    }

    [GeneratedRegex("""<form method="post" action="([^"]+)" novalidate""")]
    private static partial Regex Action();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)">""")]
    private static partial Regex Hidden();

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""")]
    private static partial Regex Token();
}
