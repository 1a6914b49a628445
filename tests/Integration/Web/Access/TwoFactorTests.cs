using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Tests.Support;
using MPanel.Web.Platform.Security.TwoFactor;
using OtpNet;
using Totp = MPanel.Web.Platform.Security.TwoFactor.Totp;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>Two-factor login from its set-up to a lost phone.</summary>
public sealed partial class TwoFactorTests : IAsyncLifetime
{
    private readonly SetClock _clock = new();
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() =>
        _panel = await PanelServer.Start(configure: builder => builder.Services.AddSingleton<TimeProvider>(_clock));

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task SetUp_WithTheCodeOfTheShownKey_AsksForCodesFromThenOn()
    {
        using var pages = await _panel.SignIn();
        var other = await _panel.SignInAs(new TestUser(pages.UserId, pages.Email));
        var secret = await Start(pages);
        var html = await pages.GetStringAsync("/account/two-factor");

        Assert.Contains("<svg class=\"qr-code\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain(Base32Encoding.ToString(secret), await Column("totp_secret", pages), StringComparison.Ordinal);
        using var wrong = await Enable(pages, "000000");
        Assert.Equal("false", await Column("two_factor_enabled::text", pages));
        using var right = await Enable(pages, Code(secret));

        Assert.Equal(RecoveryCode.Count, Codes(await right.Content.ReadAsStringAsync()).Count);
        Assert.Equal("true", await Column("two_factor_enabled::text", pages));
        Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/account")).StatusCode);
        Assert.DoesNotContain("recovery-codes", await pages.GetStringAsync("/account/two-factor"), StringComparison.Ordinal);
        using var next = _panel.Pages();
        Assert.StartsWith("/login/code", await Password(next, pages.Email), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await next.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task SetUp_WithoutThePassword_StaysOffAndSpendsNoCode()
    {
        using var pages = await _panel.SignIn();
        var secret = await Start(pages);

        using var refused = await Enable(pages, Code(secret), "not the password");

        Assert.Contains("This is not your password", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("false", await Column("two_factor_enabled::text", pages));
        Assert.Equal(["signed_in", "wrong_password"], await Rows("select outcome from login_attempts order by id"));
        using var right = await Enable(pages, Code(secret));
        Assert.Equal("true", await Column("two_factor_enabled::text", pages));
    }

    [Fact]
    public async Task Code_OfThePresent_OpensOnceAndNeverAgain()
    {
        using var pages = await _panel.SignIn();
        var secret = await SetUp(pages);
        _clock.Advance(TimeSpan.FromSeconds(60));

        using var first = _panel.Pages();
        await Password(first, pages.Email);
        var opened = await SendCode(first, Code(secret));
        using var second = _panel.Pages();
        await Password(second, pages.Email);
        var replayed = await SendCode(second, Code(secret));
        var older = await SendCode(second, Totp.CodeAt(secret, _clock.GetUtcNow().AddSeconds(-30)));
        _clock.Advance(TimeSpan.FromSeconds(30));
        var later = await SendCode(second, Code(secret));

        Assert.Equal(
            (HttpStatusCode.Redirect, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Redirect),
            (opened, replayed, older, later)
        );
        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task Code_GuessedWithTheRightPassword_LocksAllTheSame()
    {
        using var pages = await _panel.SignIn();
        var secret = await SetUp(pages);
        _clock.Advance(TimeSpan.FromSeconds(60));
        using var thief = _panel.Pages();

        for (var i = 0; i < 5; i++)
        {
            await Password(thief, pages.Email);
            await SendCode(thief, "000000");
        }

        await Password(thief, pages.Email);
        Assert.Equal(
            ["codes true"],
            await Rows("select source || ' ' || (locked_until > now()) from login_budgets where locked_until is not null")
        );
        Assert.Equal(HttpStatusCode.OK, await SendCode(thief, Code(secret)));
        // From wherever they guess; but the owner's own browser stays apart.
        thief.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        Assert.Equal(HttpStatusCode.OK, await SendCode(thief, Code(secret)));
        await pages.PostForm("/logout", page: "/account");
        await Password(pages, pages.Email);
        Assert.Equal(HttpStatusCode.Redirect, await SendCode(pages, Code(secret)));
    }

    [Fact]
    public async Task RecoveryCode_HoweverTyped_OpensOnceAndIsAudited()
    {
        using var pages = await _panel.SignIn();
        await Start(pages);
        using var enabled = await Enable(pages, Code(await Secret(pages)));
        var codes = Codes(await enabled.Content.ReadAsStringAsync());

        using var first = _panel.Pages();
        await Password(first, pages.Email);
        var opened = await SendCode(first, codes[0].ToUpperInvariant().Replace('-', ' '));
        using var second = _panel.Pages();
        await Password(second, pages.Email);
        var again = await SendCode(second, codes[0]);

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.OK), (opened, again));
        Assert.Equal(["""{"left": 9}"""], await Rows("select after::text from audit_entries where action = 'user.recovery_code_used'"));
        Assert.Empty(
            await Rows("select id::text from recovery_codes where encode(code_hash, 'escape') like @code", new { code = $"%{codes[1]}%" })
        );
    }

    [Fact]
    public async Task NewRecoveryCodes_ForThePassword_EndTheOld()
    {
        using var pages = await _panel.SignIn();
        await Start(pages);
        using var enabled = await Enable(pages, Code(await Secret(pages)));
        var old = Codes(await enabled.Content.ReadAsStringAsync());

        using var refused = await Change(pages, "Codes", "not the password");
        using var renewed = await Change(pages, "Codes", TestUser.Password);

        Assert.Empty(Codes(await refused.Content.ReadAsStringAsync()));
        var fresh = Codes(await renewed.Content.ReadAsStringAsync());
        using var next = _panel.Pages();
        await Password(next, pages.Email);
        Assert.Equal(HttpStatusCode.OK, await SendCode(next, old[0]));
        Assert.Equal(HttpStatusCode.Redirect, await SendCode(next, fresh[0]));
    }

    [Fact]
    public async Task Disable_TakesThePasswordAndNoRoleThatRequiresIt()
    {
        using var pages = await _panel.SignIn("orders.view");
        await SetUp(pages);
        await Execute(
            "update roles set requires_two_factor = true where id in (select role_id from user_roles where user_id = @UserId)",
            pages
        );
        using var required = await Change(pages, "Disable", TestUser.Password);
        Assert.Equal("true", await Column("two_factor_enabled::text", pages));

        await Execute("update roles set requires_two_factor = false where not built_in", pages);
        using var guessed = await Change(pages, "Disable", "not the password");
        Assert.Equal("true", await Column("two_factor_enabled::text", pages));
        using var right = await Change(pages, "Disable", TestUser.Password);
        Assert.Equal("false ", await Column("two_factor_enabled || ' ' || coalesce(totp_secret, '')", pages));
        Assert.Empty(await Rows("select id::text from recovery_codes"));
    }

    [Fact]
    public async Task Role_ThatRequiresIt_LeadsThereBeforeAnythingElse()
    {
        using var pages = await _panel.SignIn("websites.view");
        Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync("/websites")).StatusCode);
        await Execute(
            "update roles set requires_two_factor = true where id in (select role_id from user_roles where user_id = @UserId)",
            pages
        );

        foreach (var path in (string[])["/websites", "/account", "/", "/account/sessions", "/account/password"])
        {
            using var answer = await pages.GetAsync(path);
            Assert.Equal("/account/two-factor", answer.Headers.Location?.PathAndQuery());
        }
        await SetUp(pages);
        Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync("/websites")).StatusCode);
    }

    private async Task<byte[]> SetUp(PagesClient pages)
    {
        var secret = await Start(pages);
        using var enabled = await Enable(pages, Code(secret));
        Assert.Equal("true", await Column("two_factor_enabled::text", pages));
        return secret;
    }

    private async Task<byte[]> Start(PagesClient pages)
    {
        using var started = await pages.PostForm("/account/two-factor?handler=Start");
        Assert.Equal(HttpStatusCode.Redirect, started.StatusCode);
        var secret = await Secret(pages);
        var shown = Key()
            .Match(await pages.GetStringAsync("/account/two-factor"))
            .Groups[1]
            .Value.Replace(" ", "", StringComparison.Ordinal);
        Assert.Equal(Base32Encoding.ToString(secret), shown);
        return secret;
    }

    private async Task<byte[]> Secret(PagesClient pages) =>
        _panel.Services.GetRequiredService<TwoFactorSecrets>().Open(await Column("totp_secret", pages))!;

    private string Code(byte[] secret) => Totp.CodeAt(secret, _clock.GetUtcNow());

    private static Task<HttpResponseMessage> Enable(PagesClient pages, string code, string password = TestUser.Password) =>
        pages.PostForm("/account/two-factor?handler=Enable", new Dictionary<string, string> { ["Code"] = code, ["Password"] = password });

    private static Task<HttpResponseMessage> Change(PagesClient pages, string handler, string password) =>
        pages.PostForm($"/account/two-factor?handler={handler}", new Dictionary<string, string> { ["Password"] = password });

    private static Task<HttpResponseMessage> Login(PagesClient pages, string email) =>
        pages.PostForm("/login", new Dictionary<string, string> { ["Email"] = email, ["Password"] = TestUser.Password });

    private static async Task<string> Password(PagesClient pages, string email)
    {
        using var answer = await Login(pages, email);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.PathAndQuery();
    }

    private static async Task<HttpStatusCode> SendCode(PagesClient pages, string code)
    {
        using var answer = await pages.PostForm("/login/code", new Dictionary<string, string> { ["Code"] = code });
        return answer.StatusCode;
    }

    private static List<string> Codes(string html) => [.. RecoveryCodes().Matches(html).Select(m => m.Value)];

    private async Task<string> Column(string expression, PagesClient pages) =>
        (await Rows($"select {expression} from users where id = @UserId", new { pages.UserId })).Single();

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

    [GeneratedRegex("""id="totp-secret">([A-Z2-7 ]+)<""")]
    private static partial Regex Key();

    [GeneratedRegex(@"\b[a-z2-9]{4}(-[a-z2-9]{4}){3}\b")]
    private static partial Regex RecoveryCodes();

    /// <summary>Stands still until it is moved: a code is present for as long as the test needs it.</summary>
    private sealed class SetClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
