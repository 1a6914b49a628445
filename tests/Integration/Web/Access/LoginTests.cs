using System.Buffers.Binary;
using System.Net;
using Dapper;
using Microsoft.AspNetCore.Identity;
using MPanel.Database.Access;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>Who gets in with a password, and what ends a session.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Fact]
    public async Task Login_WithTheRightPassword_OpensASessionAndGoesWhereOneWanted()
    {
        var user = await NewUser();
        using var pages = _panel.Pages();

        using var answer = await Post(pages, user.Email.ToUpperInvariant(), TestUser.Password, "/orders?status=paid");

        Assert.Equal("/orders?status=paid", answer.Headers.Location?.ToString());
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("mpanel_session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.True(await SignedIn(pages));
        Assert.Equal(["signed_in"], await Outcomes());
        Assert.Empty(await Rows("select email from login_attempts where email like '%violet%'"));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/login")]
    [InlineData("/é")]
    [InlineData("")]
    public async Task Login_WithAForeignReturnAddress_StaysHere(string returnUrl)
    {
        var user = await NewUser();
        using var pages = _panel.Pages();

        using var answer = await Post(pages, user.Email, TestUser.Password, returnUrl);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Login_WithTextThatACutWouldHalve_IsRefusedAndRecorded()
    {
        using var pages = _panel.Pages();
        using var answer = await Post(pages, $"{new string('a', 253)}\U0001F600@example.com", TestUser.Password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["unknown_user"], await Outcomes());
    }

    [Fact]
    public async Task Login_OfAnybodyWhoMayNot_GetsTheSameAnswer()
    {
        var user = await NewUser();
        var disabled = await NewUser();
        await Execute("update users set status = 'disabled' where id = @Id", disabled);
        var invited = await NewUser();
        await Execute(
            "update users set status = 'disabled' where id = @Id; update users set status = 'invited', password_hash = null where id = @Id",
            invited
        );

        string[] answers =
        [
            await Refused(user.Email, "not the password"),
            await Refused("nobody@example.com", TestUser.Password),
            await Refused("no\u0001body@example.com\u202e<script>", new string('x', 5000)),
            await Refused(new string('e', 5000), ""),
            await Refused(disabled.Email, TestUser.Password),
            await Refused(invited.Email, ""),
        ];

        Assert.Single(answers.Distinct());
        Assert.Contains("don&#x27;t match", answers[0], StringComparison.Ordinal);
        Assert.Equal(["wrong_password", "unknown_user", "unknown_user", "unknown_user", "not_active", "wrong_password"], await Outcomes());
        Assert.Equal(254, (await Rows("select max(length(email))::text from login_attempts")).Select(int.Parse).Single());
    }

    [Fact]
    public async Task Login_WithAWrongPassword_WritesOnceAsForSomebodyUnknown()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        var user = await TestUser.Create(db);
        using var client = _panel.Pages();

        using var refused = await client.PostForm(
            "/login",
            new Dictionary<string, string> { ["Email"] = user.Email, ["Password"] = "not theirs" }
        );

        // One transaction for count and attempt: a second commit would take the time that tells who has an account.
        Assert.True(
            await db.ExecuteScalarAsync<bool>(
                "select b.xmin = a.xmin from login_budgets b join login_attempts a on a.user_id = b.user_id where b.user_id = @Id and b.failures = 1",
                user
            )
        );
    }

    [Fact]
    public async Task Login_AfterFiveWrongPasswordsAtOnce_IsLockedForLongerEachTime()
    {
        var user = await NewUser();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Refused(user.Email, "not the password")));
        await Refused(user.Email, TestUser.Password);

        Assert.Equal(5, (await Outcomes()).Count(o => o == "wrong_password"));
        Assert.Equal(8, (await Outcomes()).Count(o => o == "locked_out"));
        Assert.Equal(60, await LockSeconds(user));

        await Execute("update login_budgets set locked_until = now() where user_id = @Id", user);
        await Refused(user.Email, "not the password");
        Assert.Equal(120, await LockSeconds(user));

        await Execute("update login_budgets set locked_until = now() where user_id = @Id", user);
        using var pages = await _panel.SignInAs(user);
        Assert.Empty(await Rows("select source from login_budgets where user_id = @Id", user));
    }

    [Theory]
    [InlineData("- interval '1 second'", "password_expired")]
    [InlineData("+ interval '1 hour'", "signed_in")]
    public async Task Login_WithAOneTimePassword_WorksUntilItExpires(string expires, string outcome)
    {
        var user = await NewUser();
        await Execute($"update users set must_change_password = true, password_expires_at = now() {expires} where id = @Id", user);
        using var pages = _panel.Pages();

        using var answer = await Post(pages, user.Email, TestUser.Password);

        Assert.Equal(outcome == "signed_in" ? HttpStatusCode.Redirect : HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([outcome], await Outcomes());
    }

    [Theory]
    [InlineData("someone@example.com")]
    [InlineData("o'neill@example.com")]
    [InlineData("a!b#c@example.com")]
    [InlineData("jos\u00e9@example.com")]
    public async Task Login_WithAHashOfFewerRounds_RenewsIt(string email)
    {
        var user = await WithAnOldHash(email);
        using var pages = _panel.Pages();

        using var answer = await Post(pages, email, TestUser.Password);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        // Function 2 is HMAC-SHA-512.
        Assert.Equal((2, 210_000), await HashOf(user));
        Assert.True(await SignedIn(pages));
        using var again = _panel.Pages();
        Assert.Equal(HttpStatusCode.Redirect, (await Post(again, email, TestUser.Password)).StatusCode);
    }

    [Theory]
    [InlineData("update users set status = 'disabled' where id = @Id")]
    [InlineData("update users set password_expires_at = now() where id = @Id")]
    [InlineData(
        "insert into login_budgets (user_id, source, failures, locked_until) select @Id, s, 9, now() + interval '1 hour' from unnest(array['network 127.0.0.1', 'network ::1/64']) s"
    )]
    public async Task Login_OfWhoeverMayNot_DoesNoWorkThatTellsARightPassword(string change)
    {
        var user = await WithAnOldHash("someone@example.com");
        await Execute(change, user);

        await Refused(user.Email, TestUser.Password);

        Assert.NotEqual((2, 210_000), await HashOf(user));
    }

    [Fact]
    public async Task Logins_OfManyNetworksAtOnce_AreHashedInTurnsAndBeyondThatRefused()
    {
        using var pages = _panel.Pages();
        using var orders = await _panel.Client("orders.view");
        var token = await pages.AntiforgeryToken("/login");

        var flood = Task.WhenAll(
            Enumerable
                .Range(0, 120)
                .Select(async i =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "/login")
                    {
                        Content = new FormUrlEncodedContent([
                            KeyValuePair.Create("Email", $"nobody{i}@example.com"),
                            KeyValuePair.Create("Password", "x"),
                            KeyValuePair.Create("__RequestVerificationToken", token),
                        ]),
                    };
                    request.Headers.Add("X-Forwarded-For", $"203.0.113.{i}");
                    return await pages.SendAsync(request);
                })
        );

        // Orders go on meanwhile: no login that waits holds a connection.
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, (await orders.GetAsync("/api/admin/orders")).StatusCode);
        var answers = await flood;
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.ServiceUnavailable).ToList();
        Assert.InRange(refused.Count, 1, 119);
        Assert.All(refused, a => Assert.InRange(a.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60));
        Assert.Equal(answers.Length - refused.Count, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        // Nobody's attempts are taken by what was not looked at.
        Assert.Equal(answers.Length - refused.Count, (await Outcomes()).Count);
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task Login_BeyondTheLimitOfAnAddress_Gets429AndIsNotRecorded()
    {
        await using var panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Access:LoginsPerMinute"] = "3" });
        using var pages = panel.Pages();

        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await Post(pages, "nobody@example.com", "x")).StatusCode);
        using var refused = await Post(pages, "nobody@example.com", "x");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        await using var db = await panel.DataSource.OpenConnectionAsync();
        Assert.Equal(3, await db.ExecuteScalarAsync<int>("select count(*) from login_attempts"));
    }

    [Theory]
    [InlineData("update users set status = 'disabled' where id = @Id")]
    [InlineData("update users set security_stamp = 'another' where id = @Id")]
    [InlineData("update sessions set status = 'ended', ended_at = now() where user_id = @Id")]
    [InlineData("update sessions set last_seen_at = now() - interval '9 hours' where user_id = @Id")]
    [InlineData("update sessions set expires_at = now() where user_id = @Id")]
    public async Task Session_OfWhomItWasTakenFrom_EndsWithTheNextRequest(string change)
    {
        using var pages = await _panel.SignIn();
        Assert.True(await SignedIn(pages));

        await Execute(change, new TestUser(pages.UserId, ""));

        Assert.False(await SignedIn(pages));
        using var answer = await pages.GetAsync("/account?tab=x");
        Assert.Equal("/login?returnUrl=%2Faccount%3Ftab%3Dx", answer.Headers.Location?.PathAndQuery());
    }

    [Fact]
    public async Task Session_InUse_IsTouchedOnceAMinute()
    {
        using var pages = await _panel.SignIn();
        await Execute(
            "update sessions set last_seen_at = now() - interval '30 seconds' where user_id = @Id",
            new TestUser(pages.UserId, "")
        );
        await SignedIn(pages);
        Assert.Equal(["true"], await Rows("select (last_seen_at < now() - interval '20 seconds')::text from sessions"));

        await Execute(
            "update sessions set last_seen_at = now() - interval '2 minutes' where user_id = @Id",
            new TestUser(pages.UserId, "")
        );
        await SignedIn(pages);
        Assert.Equal(["false"], await Rows("select (last_seen_at < now() - interval '20 seconds')::text from sessions"));
    }

    [Fact]
    public async Task Logout_ByPost_EndsTheSession()
    {
        using var pages = await _panel.SignIn();

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await pages.GetAsync("/logout")).StatusCode);
        Assert.True(await SignedIn(pages));
        var stolen = pages.Cookies.GetCookies(_panel.PagesAddress)["mpanel_session"]!.Value;
        using var answer = await pages.PostForm("/logout", page: "/account");

        Assert.Equal("/login", answer.Headers.Location?.PathAndQuery());
        using var thief = _panel.Pages();
        thief.DefaultRequestHeaders.Add("Cookie", $"mpanel_session={stolen}");
        Assert.False(await SignedIn(thief));
    }

    [Fact]
    public async Task Fragment_OfAnEndedSession_TakesTheWholePageToTheLogin()
    {
        using var pages = _panel.Pages();
        pages.DefaultRequestHeaders.Add("HX-Request", "true");

        using var answer = await pages.GetAsync("/account");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("/login?returnUrl=%2Faccount", Assert.Single(answer.Headers.GetValues("HX-Redirect")));
    }

    [Fact]
    public async Task Cookie_OnTheApi_OpensNothing()
    {
        using var pages = await _panel.SignInWithRole("super_admin");
        using var api = await _panel.Client();
        var token = pages.Cookies.GetCookies(_panel.PagesAddress)["mpanel_session"]!.Value;
        api.DefaultRequestHeaders.Add("Cookie", $"mpanel_session={token}");

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync("/api/admin/orders")).StatusCode);
    }

    [Fact]
    public async Task Prune_OfOldAttempts_LeavesTheNewOnes()
    {
        using var pages = await _panel.SignIn();
        await Refused("old@example.com", "x");
        await Execute("update login_attempts set at = now() - interval '200 days' where email = 'old@example.com'", new { });
        await Execute(
            """
            insert into sessions (token_hash, user_id, security_stamp, status, remote_address, user_agent, expires_at)
            select sha256('x'), id, '', 'active', '', '', now() - interval '200 days' from users
            """,
            new { }
        );

        await using var db = await _panel.DataSource.OpenConnectionAsync();
        var gone = await LoginAttempts.Prune(db, TimeSpan.FromDays(180), 10, CancellationToken.None);

        Assert.Equal(2, gone);
        Assert.Equal(["signed_in"], await Outcomes());
        Assert.True(await SignedIn(pages));
        Assert.Equal(0, await LoginAttempts.Prune(db, TimeSpan.FromDays(180), 10, CancellationToken.None));
    }

    private async Task<TestUser> WithAnOldHash(string email)
    {
        var user = await NewUser();
        var old = new PasswordHasher<object>().HashPassword(new object(), TestUser.Password);
        await Execute(
            "update users set password_hash = @old, email = @email, normalized_email = upper(@email) where id = @Id",
            new
            {
                old,
                email,
                user.Id,
            }
        );
        return user with { Email = email };
    }

    /// <summary>Of format 1: function and rounds, four bytes each.</summary>
    private async Task<(int Function, int Rounds)> HashOf(TestUser user)
    {
        var hash = Convert.FromBase64String((await Rows("select password_hash from users where id = @Id", user)).Single());
        return (BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(1)), BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)));
    }

    private async Task<string> Refused(string email, string password)
    {
        using var pages = _panel.Pages();
        using var answer = await Post(pages, email, password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(
            answer.Headers.TryGetValues("Set-Cookie", out var cookies)
                && cookies.Any(c => c.StartsWith("mpanel_session", StringComparison.Ordinal))
        );
        var html = await answer.Content.ReadAsStringAsync();
        var at = html.IndexOf("role=\"alert\"", StringComparison.Ordinal);
        return html[at..html.IndexOf("</div>", at, StringComparison.Ordinal)];
    }

    private static Task<HttpResponseMessage> Post(PagesClient pages, string email, string password, string returnUrl = "") =>
        pages.PostForm(
            "/login",
            new Dictionary<string, string>
            {
                ["Email"] = email,
                ["Password"] = password,
                ["ReturnUrl"] = returnUrl,
            }
        );

    private static async Task<bool> SignedIn(PagesClient pages) => (await pages.GetAsync("/account")).StatusCode == HttpStatusCode.OK;

    private async Task<int> LockSeconds(TestUser user) =>
        (int)
            Math.Round(
                double.Parse(
                    (
                        await Rows("select extract(epoch from locked_until - now())::text from login_budgets where user_id = @Id", user)
                    ).Single(),
                    System.Globalization.CultureInfo.InvariantCulture
                ) / 60
            ) * 60;

    private Task<IReadOnlyList<string>> Outcomes() => Rows("select outcome from login_attempts order by id");

    private async Task<TestUser> NewUser()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await TestUser.Create(db);
    }

    private async Task Execute(string sql, object parameters)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(sql, parameters);
    }

    private async Task<IReadOnlyList<string>> Rows(string sql, object? parameters = null)
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return [.. await db.QueryAsync<string>(sql, parameters)];
    }
}

internal static class Locations
{
    public static string PathAndQuery(this Uri location) => location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
}
