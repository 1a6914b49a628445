using System.Net;
using MPanel.Database.Emails;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Emails;

/// <summary>The pages and routes of e-mails.</summary>
public sealed class EmailPagesTests : IAsyncLifetime
{
    private MailDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await MailDesk.Start();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Detail_OfASentMessage_ShowsItInAFrameThatRunsNothing()
    {
        var email = await _desk.Receipt("ada@example.com");
        await _desk.Until(email, EmailState.Sent);
        using var pages = await _desk.Panel.SignIn("emails.view");

        var page = await pages.GetStringAsync($"/emails/{email}");
        using var frame = await pages.GetAsync($"/emails/{email}?handler=Html");

        Assert.Contains("sandbox=\"\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Send again", page, StringComparison.Ordinal);
        var policy = string.Join(' ', frame.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("sandbox", policy, StringComparison.Ordinal);
        Assert.Contains("29.88 USD", await frame.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ByStatusAndCustomer_IsPageApiAndFileOfOne()
    {
        var sent = await _desk.Receipt("ada@example.com");
        await _desk.Until(sent, EmailState.Sent);
        _desk.Smtp.Recipient = _ => "550 5.1.1 No such user";
        var failed = await _desk.Receipt("bob@example.com");
        await _desk.Until(failed, EmailState.Failed);
        using var client = await _desk.Panel.Client("emails.view");
        using var pages = await _desk.Panel.SignIn("emails.view");

        Assert.Equal([$"{failed}"], (await client.Json("/api/admin/emails?status=failed")).Items("id"));
        Assert.Equal([$"{sent}"], (await client.Json("/api/admin/emails?q=ADA@example.com")).Items("id"));
        Assert.Contains("bob@example.com", await pages.GetStringAsync("/emails?status=failed"), StringComparison.Ordinal);
        Assert.Contains("No such user", await pages.GetStringAsync("/emails?handler=Csv&status=failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resend_FromThePage_IsAMessageOfItsOwn()
    {
        var email = await _desk.Receipt("ada@example.com");
        await _desk.Until(email, EmailState.Sent);
        using var pages = await _desk.Panel.SignIn("emails.view", "emails.manage");

        using var answer = await pages.PostForm($"/emails/{email}?handler=Resend");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var again = await _desk.World.One("select max(id) from emails");
        Assert.Equal($"/emails/{again}", answer.Headers.Location!.OriginalString);
        await _desk.Until(again, EmailState.Sent);
        Assert.Equal(2, _desk.Smtp.Received.Select(m => m.Header("Message-Id")).Distinct().Count());
    }
}
