using System.Net;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Access;

/// <summary>Wrong passwords lock out whoever guesses, and never the account's owner.</summary>
public sealed class LockoutTests : IAsyncLifetime
{
    private const string Stranger = "203.0.113.7";
    private const string Home = "198.51.100.4";

    private PanelServer _panel = null!;

    public async ValueTask InitializeAsync() => _panel = await PanelServer.Start();

    public async ValueTask DisposeAsync() => await _panel.DisposeAsync();

    [Theory]
    [InlineData(Stranger, Home)]
    [InlineData("2001:db8:1:2::5", "2001:db8:1:3::5")]
    [InlineData("2001:db8:1:2::5", Home)]
    public async Task Guesses_FromOneNetwork_LeaveTheOwnersLoginOpen(string guesser, string owner)
    {
        var user = await NewUser();

        await Guess(user, guesser, 8);
        var there = await Login(user, guesser);
        var here = await Login(user, owner);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (there, here));
        Assert.Equal(3 + 1, (await Outcomes()).Count(o => o == "locked_out"));
    }

    [Fact]
    public async Task Guesses_FromManyAddressesOfOneIPv6Network_AreCountedTogether()
    {
        var user = await NewUser();

        foreach (var host in Enumerable.Range(1, 8))
            await Guess(user, $"2001:db8:1:2:{host:x}::{host * 4711:x}", 1);

        Assert.Equal(5, (await Outcomes()).Count(o => o == "wrong_password"));
        Assert.Equal(["network 2001:db8:1:2::/64"], await Rows("select source from login_budgets"));
    }

    [Fact]
    public async Task Guesses_FromTheOwnersOwnNetwork_LeaveTheBrowserTheyKnowOpen()
    {
        var user = await NewUser();
        using var known = await Browser(user, Home);
        await known.PostForm("/logout", page: "/account");

        await Guess(user, Home, 8);
        var stranger = await Login(user, Home);
        using var answer = await Post(known, user.Email, TestUser.Password);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Redirect), (stranger, answer.StatusCode));
    }

    [Fact]
    public async Task Guesses_InAKnownBrowser_LockThatBrowserAlone()
    {
        var user = await NewUser();
        using var known = await Browser(user, Home);
        await known.PostForm("/logout", page: "/account");

        for (var i = 0; i < 6; i++)
            using (await Post(known, user.Email, "not the password")) { }
        using var locked = await Post(known, user.Email, TestUser.Password);

        Assert.Equal(HttpStatusCode.OK, locked.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await Login(user, Home));
    }

    [Fact]
    public async Task Browser_ThatIsKnownForSomebodyElse_HasNoBudgetOfItsOwn()
    {
        var (user, other) = (await NewUser(), await NewUser());
        using var browser = await Browser(other, Stranger);
        await browser.PostForm("/logout", page: "/account");

        await Guess(user, Stranger, 5);
        using var locked = await Post(browser, user.Email, TestUser.Password);

        Assert.Equal(HttpStatusCode.OK, locked.StatusCode);
    }

    [Theory]
    [InlineData("20 minutes", 4)]
    [InlineData("65 minutes", 1)]
    [InlineData("30 days", 1)]
    public async Task Failures_OfAWhileAgo_AreForgottenOneByOne(string ago, int failures)
    {
        var user = await NewUser();
        await Guess(user, Stranger, 4);
        await Execute($"update login_budgets set failed_at = now() - interval '{ago}'");

        await Guess(user, Stranger, 1);

        Assert.Equal([$"{failures}"], await Rows("select failures::text from login_budgets"));
    }

    [Fact]
    public async Task Login_OfTheOwner_ForgivesTheirNetworkAndNotTheGuessers()
    {
        var user = await NewUser();
        await Guess(user, Stranger, 5);
        await Guess(user, Home, 2);

        Assert.Equal(HttpStatusCode.Redirect, await Login(user, Home));

        Assert.Equal([$"network {Stranger}"], await Rows("select source from login_budgets"));
    }

    [Fact]
    public async Task Browsers_OfOneUser_AreKeptUpToTwenty()
    {
        var user = await NewUser();
        for (var i = 0; i < 23; i++)
            Assert.Equal(HttpStatusCode.Redirect, await Login(user, Home));

        Assert.Equal(["20"], await Rows("select count(*)::text from known_browsers"));
    }

    private async Task Guess(TestUser user, string address, int times)
    {
        using var pages = From(address);
        for (var i = 0; i < times; i++)
        {
            using var answer = await Post(pages, user.Email, "not the password");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private async Task<HttpStatusCode> Login(TestUser user, string address)
    {
        using var pages = From(address);
        using var answer = await Post(pages, user.Email, TestUser.Password);
        return answer.StatusCode;
    }

    private async Task<PagesClient> Browser(TestUser user, string address)
    {
        var pages = From(address);
        using var answer = await Post(pages, user.Email, TestUser.Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return pages;
    }

    /// <summary>Loopback is a proxy whose word is taken.</summary>
    private PagesClient From(string address)
    {
        var pages = _panel.Pages();
        pages.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return pages;
    }

    private static Task<HttpResponseMessage> Post(PagesClient pages, string email, string password) =>
        pages.PostForm("/login", new Dictionary<string, string> { ["Email"] = email, ["Password"] = password });

    private async Task<TestUser> NewUser()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        return await TestUser.Create(db);
    }

    private Task<IReadOnlyList<string>> Outcomes() => Rows("select outcome from login_attempts order by id");

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
