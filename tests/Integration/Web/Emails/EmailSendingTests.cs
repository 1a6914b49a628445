using System.Net;
using Dapper;
using MPanel.Database.Emails;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Emails;

/// <summary>From a queued e-mail to what a mail server says of it, whatever that is.</summary>
public sealed class EmailSendingTests : IAsyncLifetime
{
    private MailDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await MailDesk.Start();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Receipt_OfASale_ArrivesOnceWithItsInvoice()
    {
        var customer = await _desk.World.Customer("Ada <b>Lovelace</b>", "ada@example.com");
        var (_, invoice) = await _desk.World.Sale(customer);

        var email = await _desk.Receipt(invoice);
        Assert.Equal(email, await _desk.Receipt(invoice));
        await _desk.Until(email, EmailState.Sent);

        var mail = Assert.Single(_desk.Smtp.Received);
        Assert.Equal("ada@example.com", mail.Recipient);
        Assert.Contains("panel@host.example", mail.From, StringComparison.Ordinal);
        Assert.Equal("auto-generated", mail.Header("Auto-Submitted"));
        var uid = await _desk.World.Text("select replace(uid::text, '-', '') from emails where id = @email", new { email });
        Assert.Equal($"<{uid}@host.example>", mail.Header("Message-Id"));
        Assert.Contains("application/pdf", mail.Raw, StringComparison.Ordinal);
        Assert.Contains(
            "29.88 USD",
            await _desk.World.Text("select body_text from emails where id = @email", new { email }),
            StringComparison.Ordinal
        );
        var html = (await _desk.World.Text("select body_html from emails where id = @email", new { email }))!;
        Assert.Contains("Ada &lt;b&gt;Lovelace", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_WithLineBreaks_AddsNoHeaderAndNoRecipient()
    {
        var email = await _desk.Receipt("eve@example.com", "Eve\r\nBcc: victim@example.com\r\nX-Evil: 1");

        await _desk.Until(email, EmailState.Sent);

        var mail = Assert.Single(_desk.Smtp.Received);
        Assert.Equal("eve@example.com", mail.Recipient);
        Assert.Equal(("", ""), (mail.Header("Bcc"), mail.Header("X-Evil")));
        Assert.Single(_desk.Smtp.Commands, c => c.StartsWith("RCPT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Recipient_RefusedFor550_GetsNoMoreAndTheOthersDo()
    {
        _desk.Smtp.Recipient = a => a == "gone@example.com" ? "550 5.1.1 No such user" : "250 2.1.5 Ok";

        var refused = await _desk.Receipt("Gone@example.com".ToLowerInvariant());
        var other = await _desk.Receipt("here@example.com");
        await _desk.Until(refused, EmailState.Failed);
        await _desk.Until(other, EmailState.Sent);
        var asked = _desk.Smtp.Commands.Count(c => c.Contains("gone@", StringComparison.Ordinal));
        var later = await _desk.OrderReceivedAgain(refused);
        await _desk.Until(later, EmailState.Suppressed);

        Assert.Equal(asked, _desk.Smtp.Commands.Count(c => c.Contains("gone@", StringComparison.Ordinal)));
        using var pages = await _desk.Panel.SignIn("customers.view", "emails.view", "emails.manage");
        var customer = await _desk.World.One("select id from customers where email = 'gone@example.com'");
        Assert.Contains("No such user", await pages.GetStringAsync($"/admin/customers/{customer}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recipient_AllowedAgain_GetsWhatIsSentAgain()
    {
        _desk.Smtp.Recipient = _ => "550 5.1.1 No such user";
        var email = await _desk.Receipt("back@example.com");
        await _desk.Until(email, EmailState.Failed);
        using var client = await _desk.Panel.Client("emails.manage");

        using var early = await client.PostAsync($"/api/admin/emails/{email}/resend", HostileJson("{}"));
        Assert.Equal("address_suppressed", (await early.Json(HttpStatusCode.Conflict)).GetProperty("code").GetString());
        var suppression = await _desk.World.One("select id from email_suppressions where address = 'back@example.com'");
        using var allowed = await client.DeleteAsync($"/api/admin/email-suppressions/{suppression}");
        _desk.Smtp.Recipient = _ => "250 2.1.5 Ok";
        const string request = """{ "requestId": "6f0f5a0e-5f0c-4b0a-9d5d-0d6c2f8f4a11" }""";
        using var first = await client.PostAsync($"/api/admin/emails/{email}/resend", HostileJson(request));
        using var second = await client.PostAsync($"/api/admin/emails/{email}/resend", HostileJson(request));

        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        var id = (await first.Json(HttpStatusCode.Accepted)).GetProperty("email").GetProperty("id").GetInt64();
        Assert.Equal(id, (await second.Json(HttpStatusCode.Accepted)).GetProperty("email").GetProperty("id").GetInt64());
        await _desk.Until(id, EmailState.Sent);
        Assert.Equal(2, await _desk.World.One("select count(*) from emails"));
    }

    [Fact]
    public async Task MailServer_RefusingByItsOwnRules_GivesNobodysAddressUp()
    {
        _desk.Smtp.Recipient = _ => "554 5.7.1 Relay access denied";

        var email = await _desk.Receipt("ada@example.com");
        await _desk.Until(email, EmailState.Failed);

        Assert.Equal(0, await _desk.World.One("select count(*) from email_suppressions"));
    }

    [Fact]
    public async Task Recipient_DeferredFor451_IsTriedAgain()
    {
        var asked = 0;
        _desk.Smtp.Recipient = _ => Interlocked.Increment(ref asked) == 1 ? "451 4.7.1 Greylisted" : "250 2.1.5 Ok";

        var email = await _desk.Receipt("ada@example.com");
        await _desk.Until(email, EmailState.Sent);

        Assert.Equal(2, await _desk.World.One("select tries from emails where id = @email", new { email }));
        Assert.Null(await _desk.World.Text("select reason from emails where id = @email", new { email }));
    }

    [Theory]
    [InlineData(AfterMessage.HangUp)]
    [InlineData(AfterMessage.SayNothing)]
    public async Task Answer_LostOfAReceipt_SendsTheSameMessageAgain(AfterMessage first)
    {
        _desk.Smtp.Message = n => n == 1 ? first : AfterMessage.Accept;

        var email = await _desk.Receipt("ada@example.com");
        await _desk.Until(email, EmailState.Sent);

        Assert.Equal(2, _desk.Smtp.Received.Count);
        Assert.Single(_desk.Smtp.Received.Select(m => m.Header("Message-Id")).Distinct());
    }

    [Fact]
    public async Task Answer_LostOfANotice_IsUnknownAndNotSentAgain()
    {
        _desk.Smtp.Message = _ => AfterMessage.HangUp;

        var notice = await _desk.OrderReceived("ada@example.com");
        await _desk.Until(notice, EmailState.Unknown);
        _desk.Smtp.Message = _ => AfterMessage.Accept;
        await _desk.Until(await _desk.Receipt("bob@example.com"), EmailState.Sent);

        Assert.Single(_desk.Smtp.Received, m => m.Recipient == "ada@example.com");
        Assert.Equal(
            "done",
            await _desk.World.Text("select state from outbox where subject_id = @notice and kind = 'email'", new { notice })
        );
    }

    [Fact]
    public async Task Process_KilledBetweenTheServersAnswerAndItsOwn_SendsAReceiptAgainAndANoticeNot()
    {
        // As it is left by one that died there: being told, and nobody's work any more.
        await _desk.World.Text("update email_relay set enabled = false returning ''");
        var (notice, receipt) = (await _desk.OrderReceived("ada@example.com"), await _desk.Receipt("bob@example.com"));
        await _desk.World.Text("update emails set status = 'sending', tries = 1 returning ''");
        await _desk.World.Text(
            """
            insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id, payload)
            select 'email:' || id || ':1', 'email', 'email', id, 'left', 'c', jsonb_build_object('emailId', id) from emails returning ''
            """
        );

        await _desk.Until(notice, EmailState.Unknown);
        await _desk.Until(receipt, EmailState.Sent);

        Assert.Equal("bob@example.com", Assert.Single(_desk.Smtp.Received).Recipient);
    }

    [Fact]
    public async Task MailServer_DownForAQuarterOfAnHour_NeedsSomebodyUntilItAnswers()
    {
        var port = _desk.Smtp.Port;
        await _desk.Smtp.DisposeAsync();
        var email = await _desk.Receipt("ada@example.com");
        await Wait.Until(
            async () => await _desk.World.One("select count(*) from email_relay where down_since is not null") == 1,
            "the mail server to be seen down"
        );
        using var client = await _desk.Panel.Client("emails.view");
        Assert.DoesNotContain("mail_server_down", await client.GetStringAsync("/api/admin/attention"), StringComparison.Ordinal);

        await _desk.World.Text("update email_relay set down_since = now() - interval '16 minutes' returning ''");
        Assert.Contains("mail_server_down", await client.GetStringAsync("/api/admin/attention"), StringComparison.Ordinal);
        await using var up = new ScriptedSmtp(port);
        await _desk.Until(email, EmailState.Sent);

        Assert.Equal(1, await _desk.World.One("select count(*) from email_relay where down_since is null"));
        Assert.DoesNotContain("mail_server_down", await client.GetStringAsync("/api/admin/attention"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queue_ThatFailsNothing_LeavesTheCauseCommittedWhileTheServerRefusesEverything()
    {
        _desk.Smtp.Recipient = _ => "550 5.1.1 No";
        await using var db = await _desk.Panel.DataSource.OpenConnectionAsync();
        var customer = await _desk.World.Customer("Ada", "ada@example.com");
        var (_, invoice) = await _desk.World.Sale(customer);
        await using (var transaction = await db.BeginTransactionAsync())
        {
            await db.ExecuteAsync("update customers set name = 'Countess' where id = @customer", new { customer }, transaction);
            await QueueEmail.Invoice(transaction, invoice, "", "c");
            await transaction.CommitAsync();
        }

        await Wait.Until(
            async () => await _desk.World.One("select count(*) from emails where status = 'failed'") == 1,
            "the e-mail to be refused"
        );
        Assert.Equal("Countess", await _desk.World.Text("select name from customers where id = @customer", new { customer }));
    }

    private static StringContent HostileJson(string json) => new(json, System.Text.Encoding.UTF8, "application/json");
}

internal static class MailDeskMore
{
    /// <summary>Another message to whoever got that one.</summary>
    public static async Task<long> OrderReceivedAgain(this MailDesk desk, long email)
    {
        var invoice = await desk.World.One("select subject_id from emails where id = @email", new { email });
        return await desk.Receipt(invoice, "again");
    }
}
