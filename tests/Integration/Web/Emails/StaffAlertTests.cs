using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Emails;

/// <summary>What staff hear of, and how seldom.</summary>
public sealed class StaffAlertTests : IAsyncLifetime
{
    private MailDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await MailDesk.Start();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Failures_OfAMinute_AreOneMessageToWhoeverMaySeeThem()
    {
        await using var db = await _desk.Panel.DataSource.OpenConnectionAsync();
        var sees = await TestUser.Create(db, "jobs.view");
        await TestUser.Create(db, "customers.view");
        await Stopped(30);

        await _desk.Run("emails.alerts");
        await Wait.Until(() => !_desk.Smtp.Received.IsEmpty, "the alert");
        await Stopped(1);
        var gathered = await _desk.Run("emails.alerts");

        Assert.Contains("less than a quarter of an hour ago", gathered, StringComparison.Ordinal);
        Assert.Equal(sees.Email, Assert.Single(_desk.Smtp.Received).Recipient);
        Assert.StartsWith("30 new:", _desk.Smtp.Received.Single().Header("Subject"), StringComparison.Ordinal);
        await Wait.Until(async () => await _desk.World.One("select count(*) from emails where status = 'sent'") == 1, "it to be sent");
        Assert.Contains("And 5 more.", await _desk.World.Text("select body_text from emails"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_ThatStillStands_IsToldOnce()
    {
        await using var db = await _desk.Panel.DataSource.OpenConnectionAsync();
        await TestUser.Create(db, "jobs.view");
        await Stopped(1);
        await _desk.Run("emails.alerts");
        await _desk.World.Text("update staff_alerts set told_at = now() - interval '16 minutes' returning ''");
        Assert.StartsWith("0 new", await _desk.Run("emails.alerts"), StringComparison.Ordinal);

        await Stopped(1);

        Assert.StartsWith("1 new, 1 messages", await _desk.Run("emails.alerts"), StringComparison.Ordinal);
    }

    private Task Stopped(int count) =>
        _desk.World.Text(
            """
            insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id, state, code, reason)
            select gen_random_uuid(), 'test', 'test', n, 'work ' || n, 'c', 'stopped', 'x', 'It failed' from generate_series(1, @count) n
            returning ''
            """,
            new { count }
        );
}
