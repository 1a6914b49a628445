using MPanel.Database.Emails;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Emails;

/// <summary>One journey with a real mail server. What others might say is for the scripted one.</summary>
public sealed class PostfixTests
{
    [Fact]
    public async Task Messages_WithARealMailServer_AreDeliveredRefusedAndWaitForIt()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can start Postfix.");
        await using var postfix = await PostfixServer.Prepare();
        await using var desk = await MailDesk.Start(MailDesk.Settings(postfix.Port));

        // Down: what is said meanwhile waits.
        var waits = await desk.Receipt(PostfixServer.Mailbox, "Ada Lovelace");
        await Wait.Until(
            async () => await desk.World.One("select count(*) from email_relay where down_since is not null") == 1,
            "it to be seen down"
        );
        Assert.Equal(EmailState.Queued, await desk.Status(waits));

        // Up again: it goes out, as it stands in the log.
        await postfix.Start();
        await desk.Until(waits, EmailState.Sent);
        await Wait.Until(() => postfix.Delivered().Count == 1, "the message in the mailbox", postfix.Log);
        var uid = await desk.World.Text("select replace(uid::text, '-', '') from emails where id = @waits", new { waits });
        Assert.Contains($"<{uid}@host.example>", postfix.Delivered()[0], StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", postfix.Delivered()[0], StringComparison.Ordinal);
        Assert.Equal(1, await desk.World.One("select count(*) from email_relay where down_since is null"));

        // One is refused for good, and another goes on.
        var refused = await desk.Receipt("nobody@example.com");
        var invoice = await desk.World.One("select subject_id from emails where id = @waits", new { waits });
        var other = await desk.Receipt(invoice, "again");
        await desk.Until(refused, EmailState.Failed);
        await desk.Until(other, EmailState.Sent);
        Assert.Equal("nobody@example.com", await desk.World.Text("select address from email_suppressions"));
        await Wait.Until(() => postfix.Delivered().Count == 2, "the other message", postfix.Log);
    }
}
