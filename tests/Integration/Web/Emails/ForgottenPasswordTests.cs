using System.Net;
using System.Text.RegularExpressions;
using MPanel.Database.Emails;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Emails;

/// <summary>From "Forgot your password?" to another one; and invitations, whose link goes the same way.</summary>
public sealed partial class ForgottenPasswordTests : IAsyncLifetime
{
    private const string Another = "amber staircase willow 17";

    private MailDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await MailDesk.Start();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Ask_ForAnyAddress_AnswersTheSame()
    {
        var known = await User();

        var (first, second) = (await Ask(known.Email), await Ask("nobody@example.com"));

        Assert.Equal(Tokenless(first), Tokenless(second));
        Assert.Equal(1, await _desk.World.One("select count(*) from emails"));
        Assert.Equal(2, await _desk.World.One("select count(*) from login_attempts where outcome = 'reset_asked'"));
    }

    [Fact]
    public async Task Link_FromTheMessage_SetsAPasswordOnceAndEndsEverySession()
    {
        var user = await User();
        using var before = await _desk.Panel.SignInAs(user);
        await Ask(user.Email);
        var link = await Link();

        using var pages = _desk.Panel.Pages();
        using var set = await pages.PostForm(link, Passwords(), link);
        using var again = await pages.GetAsync(link);
        using var old = await before.GetAsync("/account");
        using var signedIn = await pages.PostForm(
            "/login",
            new Dictionary<string, string> { ["Email"] = user.Email, ["Password"] = Another }
        );

        Assert.Equal("/login", set.Headers.Location?.OriginalString);
        Assert.Contains("This link has ended", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, old.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        // The log has the message without its link.
        await Wait.Until(async () => await _desk.World.One("select count(*) from emails where status = 'sent'") == 1, "the message");
        Assert.Equal(
            0,
            await _desk.World.One(
                "select count(*) from emails where body_text ~ 'token=' or body_html ~ 'token=' or sealed_link is not null"
            )
        );
    }

    [Fact]
    public async Task Link_BeginsWithThePublicUrl_WhateverTheRequestSays()
    {
        var user = await User();
        using var pages = _desk.Panel.Pages();
        pages.DefaultRequestHeaders.Host = "evil.example";

        using var answer = await pages.PostForm("/login/forgot", new Dictionary<string, string> { ["Email"] = user.Email });

        await Wait.Until(() => !_desk.Smtp.Received.IsEmpty, "the message");
        var text = Decoded();
        Assert.Contains("https://panel.example.com/login/reset?token=", text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_ReplacedOrAnHourOld_SetsNothing()
    {
        var user = await User();
        await Ask(user.Email);
        var replaced = await Link();
        await Ask(user.Email);
        await Wait.Until(() => _desk.Smtp.Received.Count == 2, "the second message");
        using var pages = _desk.Panel.Pages();

        Assert.Contains("This link has ended", await pages.GetStringAsync(replaced), StringComparison.Ordinal);
        var second = await Link();
        Assert.Contains(user.Email, await pages.GetStringAsync(second), StringComparison.Ordinal);
        await _desk.World.Text("update password_resets set expires_at = now() where expires_at > now() returning ''");
        Assert.Contains("This link has ended", await pages.GetStringAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_AFourthTimeWithinAnHour_SendsNothingMore()
    {
        var user = await User();

        for (var i = 0; i < 5; i++)
            await Ask(user.Email);

        Assert.Equal(3, await _desk.World.One("select count(*) from emails where template = 'password_reset'"));
        // The last that was sent still opens.
        Assert.Equal(1, await _desk.World.One("select count(*) from password_resets where used_at is null and expires_at > now()"));
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("invited")]
    public async Task Ask_OfSomebodyWhoCantSignIn_SendsNothing(string status)
    {
        var user = await User();
        await _desk.World.Text("update users set status = 'disabled' where id = @Id returning ''", new { user.Id });
        if (status == "invited")
            await _desk.World.Text("update users set status = 'invited' where id = @Id returning ''", new { user.Id });

        await Ask(user.Email);

        Assert.Equal(0, await _desk.World.One("select count(*) from emails"));
    }

    [Fact]
    public async Task Invitation_MadeOnThePage_ArrivesWithTheSameLink()
    {
        using var client = await _desk.Panel.Client("users.manage", "users.view", "users:create");

        using var answer = await client.PostAsync(
            "/api/admin/users",
            new StringContent(
                """{ "email": "new@example.com", "displayName": "New", "roles": [] }""",
                System.Text.Encoding.UTF8,
                "application/json"
            )
        );

        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body);
        await Wait.Until(() => !_desk.Smtp.Received.IsEmpty, "the invitation");
        var token = Token().Match(body).Groups[1].Value;
        Assert.NotEqual("", token);
        Assert.Contains($"https://panel.example.com/invitation?token={token}", Decoded(), StringComparison.Ordinal);
    }

    private async Task<TestUser> User()
    {
        await using var db = await _desk.Panel.DataSource.OpenConnectionAsync();
        return await TestUser.Create(db, "dashboard.view");
    }

    private async Task<string> Ask(string email)
    {
        using var pages = _desk.Panel.Pages();
        using var answer = await pages.PostForm("/login/forgot", new Dictionary<string, string> { ["Email"] = email });
        return $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }

    /// <summary>Path and query of the link in the newest message.</summary>
    private async Task<string> Link()
    {
        await Wait.Until(() => Token().IsMatch(Decoded()), "a message with a link");
        return $"/login/reset?token={Token().Match(Decoded()).Groups[1].Value}";
    }

    /// <summary>The newest message, its soft line breaks taken out.</summary>
    private string Decoded() =>
        (_desk.Smtp.Received.LastOrDefault()?.Raw ?? "")
            .Replace("=\r\n", "", StringComparison.Ordinal)
            .Replace("=3D", "=", StringComparison.Ordinal);

    private static Dictionary<string, string> Passwords() => new() { ["Password"] = Another, ["Repeated"] = Another };

    private static string Tokenless(string html) => AnyToken().Replace(html, "");

    [GeneratedRegex("token=([A-Za-z0-9_-]{43})")]
    private static partial Regex Token();

    [GeneratedRegex("value=\"[^\"]+\"|nonce=\"[^\"]+\"")]
    private static partial Regex AnyToken();
}
