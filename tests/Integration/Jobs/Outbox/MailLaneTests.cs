using MPanel.Database.Jobs;

namespace MPanel.Tests.Integration.Jobs.Outbox;

/// <summary>E-mail waits in a queue of its own, so that orders never wait for it.</summary>
public sealed class MailLaneTests : IAsyncLifetime
{
    private static readonly JobFace Face = OutboxDesk.Face with { Lanes = """{"email": "mail"}""" };

    private OutboxDesk _desk = null!;

    public async ValueTask InitializeAsync() => _desk = await OutboxDesk.Open();

    public ValueTask DisposeAsync() => _desk.DisposeAsync();

    [Fact]
    public async Task Begin_BehindHundredsOfEMails_TakesTheOrderAtOnce()
    {
        for (var i = 0; i < 200; i++)
            await _desk.Add($"mail {i}", kind: "email");
        var order = await _desk.Add("ORD-1");
        await HandOver.Run(_desk.Connection, Face, 1000, default);

        var begun = await BeginJobs.Run(_desk.Connection, Guid.NewGuid(), OutboxDesk.Lease, 8, Face, default);
        var mails = await BeginJobs.Run(_desk.Connection, Guid.NewGuid(), OutboxDesk.Lease, 2, JobFace.MailQueue, Face, default);

        Assert.Equal(order, Assert.Single(begun).Id);
        Assert.Equal(["email", "email"], mails.Select(m => m.Kind));
        Assert.True(await BeginJobs.Any(_desk.Connection, JobFace.MailQueue, Face));
        Assert.False(await BeginJobs.Any(_desk.Connection, JobFace.Queue, Face));
    }

    [Fact]
    public async Task Begin_OfAnEMailInTheCommonQueue_IsItsOwnWorkersAll()
    {
        // Where Hangfire's own poller puts whatever is due.
        await _desk.Add("mail", kind: "email");
        await HandOver.Run(_desk.Connection, OutboxDesk.Face, 10, default);

        Assert.Empty(await BeginJobs.Run(_desk.Connection, Guid.NewGuid(), OutboxDesk.Lease, 8, Face, default));
        Assert.True(await BeginJobs.Any(_desk.Connection, JobFace.MailQueue, Face));
        Assert.Single(await BeginJobs.Run(_desk.Connection, Guid.NewGuid(), OutboxDesk.Lease, 8, JobFace.MailQueue, Face, default));
    }
}
