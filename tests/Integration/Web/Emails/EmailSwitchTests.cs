using MPanel.Database.Emails;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Emails;

/// <summary>E-mail is off until everything that it takes is set, and it is switched on.</summary>
public sealed class EmailSwitchTests
{
    [Theory]
    [InlineData("Smtp:Host")]
    [InlineData("Emails:Enabled")]
    [InlineData("Http:PublicUrl")]
    public async Task Setting_Missing_SendsNothingAndThePageNamesIt(string missing)
    {
        await using var desk = await MailDesk.Start(new Dictionary<string, string?> { [missing] = null });
        var email = await desk.Receipt("ada@example.com");
        using var pages = await desk.Panel.SignIn("emails.view");

        var page = await pages.GetStringAsync("/emails");

        Assert.Contains(missing.Replace(":", "__", StringComparison.Ordinal), page, StringComparison.Ordinal);
        Assert.Equal(EmailState.Queued, await desk.Status(email));
        Assert.Equal(0, await desk.World.One("select count(*) from outbox where kind = 'email'"));
    }

    [Fact]
    public async Task Switch_TurnedOn_SendsWhatIsYoungAndLeavesOutWhatIsOlderThanTwoDays()
    {
        await using var desk = await MailDesk.Start();
        await desk.World.Text("update email_relay set enabled = false returning ''");
        var (old, young) = (await desk.Receipt("old@example.com"), await desk.Receipt("young@example.com"));
        await desk.World.Text(
            """
            update emails set created_at = now() - case id when @old then interval '49 hours' else interval '47 hours' end returning ''
            """,
            new { old }
        );

        await desk.Run("emails.take-up");

        await desk.Until(young, EmailState.Sent);
        Assert.Equal(EmailState.Skipped, await desk.Status(old));
        Assert.Equal("young@example.com", Assert.Single(desk.Smtp.Received).Recipient);
        // What is done is not taken up a second time.
        await desk.Run("emails.take-up");
        Assert.Single(desk.Smtp.Received);
    }

    [Fact]
    public async Task Tls_AskedForAndNotOffered_TellsTheServerNothing()
    {
        await using var desk = await MailDesk.Start(new Dictionary<string, string?> { ["Smtp:Security"] = "starttls" });

        var email = await desk.Receipt("ada@example.com");
        await Wait.Until(
            async () => await desk.World.One("select count(*) from email_relay where down_since is not null") == 1,
            "a refusal"
        );

        Assert.Empty(desk.Smtp.Received);
        Assert.DoesNotContain(desk.Smtp.Commands, c => c.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.NotEqual(EmailState.Sent, await desk.Status(email));
    }

    [Fact]
    public async Task Development_WithoutAMailServer_PutsMessagesIntoItsDirectory()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"mail-{Guid.NewGuid():N}");
        await using var world = new BillingWorld(
            await PanelServer.Start(
                settings: new Dictionary<string, string?> { ["Emails:Directory"] = directory },
                configure: b => b.Environment.EnvironmentName = "Development"
            )
        );
        var customer = await world.Customer("Ada", "ada@example.com");
        var (_, invoice) = await world.Sale(customer);
        await using var db = await world.Panel.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await QueueEmail.Invoice(transaction, invoice, "", "c");
        await transaction.CommitAsync();

        var seen = "";
        await Wait.Until(
            async () =>
                (
                    seen = await world.Text(
                        "select concat(e.status, ' ', e.reason, ' ', o.state, ' ', o.reason) from emails e left join outbox o on o.kind = 'email'"
                    )
                )!.StartsWith(EmailState.Sent, StringComparison.Ordinal),
            "the message",
            () => seen
        );

        Assert.Contains(
            "ada@example.com",
            await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(directory))),
            StringComparison.Ordinal
        );
        Directory.Delete(directory, recursive: true);
    }
}
