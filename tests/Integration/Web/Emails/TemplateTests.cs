using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Database.Emails;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Emails;

/// <summary>Templates that people change: what is broken is refused when it is saved, and messages are written with what was.</summary>
public sealed class TemplateTests : IAsyncLifetime
{
    private const string Route = "/api/admin/email-templates/receipt";

    private MailDesk _desk = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _desk = await MailDesk.Start();
        _client = await _desk.Panel.Client("emails.view", "emails.manage");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _desk.DisposeAsync();
    }

    [Fact]
    public async Task Save_BrokenLiquid_NamesThePartAndTheLine()
    {
        var broken = new
        {
            version = 0,
            subject = "S",
            text = "one\n{% if total %}two",
            html = "<p>\n\n{{ total",
        };

        using var answer = await _client.PutAsJsonAsync(Route, broken);

        var errors = (await answer.Json(HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(["text", "html"], errors.Select(e => e.GetProperty("path").GetString()));
        Assert.StartsWith("Line 2:", errors[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("Line 3:", errors[1].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await _desk.World.One("select count(*) from email_templates"));
    }

    [Theory]
    [InlineData("password_reset")]
    [InlineData("invitation")]
    public async Task Save_OfAMessageWithASecretLink_TakesASuperAdmin(string code)
    {
        var changed = new
        {
            version = 0,
            subject = "S",
            text = "T {{ link }}",
            html = "<p>H {{ link }}</p>",
        };

        using var answer = await _client.PutAsJsonAsync($"/api/admin/email-templates/{code}", changed);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(0, await _desk.World.One("select count(*) from email_templates"));
    }

    [Fact]
    public async Task Save_AndSend_WritesTheMessageWithIt()
    {
        using var answer = await _client.PutAsJsonAsync(
            Route,
            new
            {
                version = 0,
                subject = "Paid: {{ number }}",
                text = "Thanks, {{ name }}.",
                html = "<p>Thanks, {{ name }}.</p>",
            }
        );

        Assert.Equal(1, (await answer.Json(HttpStatusCode.OK)).GetProperty("version").GetInt32());
        var email = await _desk.Receipt("ada@example.com", "Ada");
        await _desk.Until(email, EmailState.Sent);
        Assert.Equal("Thanks, Ada.\n", await _desk.World.Text("select body_text from emails where id = @email", new { email }));
        Assert.StartsWith("Paid: INV-2026-", Assert.Single(_desk.Smtp.Received).Header("Subject"), StringComparison.Ordinal);
        Assert.Equal(1, await _desk.World.One("select count(*) from audit_entries where action = 'email_template.changed'"));
    }

    [Fact]
    public async Task Save_FromAnOldVersion_IsRefusedAndResetBringsTheProgramsOwnBack()
    {
        var change = new
        {
            version = 0,
            subject = "S",
            text = "T",
            html = "H",
        };
        using var first = await _client.PutAsJsonAsync(Route, change);
        using var second = await _client.PutAsJsonAsync(Route, change);
        using var reset = await _client.DeleteAsync(Route);
        using var again = await _client.DeleteAsync(Route);

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.OK],
            [first.StatusCode, second.StatusCode, reset.StatusCode, again.StatusCode]
        );
        Assert.Equal(0, (await _client.GetFromJsonAsync<JsonElement>(Route)).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Preview_WithAMissingName_ShowsItAsMissingAndSavesNothing()
    {
        using var answer = await _client.PostAsJsonAsync(
            $"{Route}/preview",
            new
            {
                subject = "{{ number }}",
                text = "{{ nobody }}",
                html = "<p>{{ total | money: currency }}</p>",
            }
        );

        var preview = await answer.Json(HttpStatusCode.OK);
        Assert.Equal(["nobody"], preview.GetProperty("missing").EnumerateArray().Select(m => m.GetString()));
        Assert.Contains("[missing: nobody]", preview.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("34.87 USD", preview.GetProperty("html").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await _desk.World.One("select count(*) from email_templates"));
    }

    [Fact]
    public async Task Test_FromThePage_ArrivesAtWhoeverAsked()
    {
        using var pages = await _desk.Panel.SignIn("emails.view", "emails.manage");

        using var answer = await pages.PostForm("/emails/templates/password_reset?handler=Test");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        await Wait.Until(() => !_desk.Smtp.Received.IsEmpty, "the test");
        Assert.Equal(pages.Email, Assert.Single(_desk.Smtp.Received).Recipient);
    }

    [Fact]
    public async Task Page_WithABrokenTemplate_SaysWhereAndKeepsWhatWasTyped()
    {
        using var pages = await _desk.Panel.SignIn("emails.view", "emails.manage");

        using var answer = await pages.PostForm(
            "/emails/templates/receipt",
            new Dictionary<string, string>
            {
                ["version"] = "0",
                ["Subject"] = "S",
                ["Text"] = "a\n{% for x %}",
                ["Html"] = "<p>kept</p>",
            }
        );

        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Line 2:", html, StringComparison.Ordinal);
        Assert.Contains("&lt;p&gt;kept", html, StringComparison.Ordinal);
        using var preview = await pages.PostForm(
            "/emails/templates/receipt?handler=Preview",
            new Dictionary<string, string>
            {
                ["version"] = "0",
                ["Subject"] = "S",
                ["Text"] = "{{ nobody }}",
                ["Html"] = "<p>x</p>",
            }
        );
        Assert.Contains("These names are missing", await preview.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
