using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Database.Emails;
using MPanel.Jobs.Engine;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Emails;

/// <summary>A panel that sends its e-mail to a mail server which a test scripts.</summary>
internal sealed class MailDesk : IAsyncDisposable
{
    private MailDesk(BillingWorld world, ScriptedSmtp smtp) => (World, Smtp) = (world, smtp);

    public BillingWorld World { get; }
    public ScriptedSmtp Smtp { get; }
    public PanelServer Panel => World.Panel;

    public static async Task<MailDesk> Start(IReadOnlyDictionary<string, string?>? more = null)
    {
        var smtp = new ScriptedSmtp();
        var settings = Settings(smtp.Port);
        foreach (var (name, value) in more ?? new Dictionary<string, string?>())
            settings[name] = value;
        return new MailDesk(await BillingWorld.Start(settings), smtp);
    }

    public static Dictionary<string, string?> Settings(int port) =>
        new()
        {
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = port.ToString(CultureInfo.InvariantCulture),
            ["Smtp:Security"] = "none",
            ["Smtp:From"] = "panel@host.example",
            ["Smtp:FromName"] = "Example Hosting",
            ["Smtp:Timeout"] = "00:00:02",
            ["Emails:Enabled"] = "true",
            ["Http:PublicUrl"] = "https://panel.example.com",
        };

    /// <summary>A paid invoice, and the receipt to its customer.</summary>
    /// <returns>The e-mail's id.</returns>
    public async Task<long> Receipt(string address, string name = "Ada", string stage = "")
    {
        var customer = await World.Customer(name, address);
        var (_, invoice) = await World.Sale(customer);
        return await Receipt(invoice, stage);
    }

    public async Task<long> Receipt(long invoice, string stage = "")
    {
        await using var db = await Panel.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await QueueEmail.Invoice(transaction, invoice, stage, "test");
        await transaction.CommitAsync();
        Panel.Services.GetRequiredService<JobSignals>().Added();
        return await World.One("select id from emails where subject_id = @invoice and stage = @stage", new { invoice, stage });
    }

    /// <summary>An order that is in the books, and the message that it is.</summary>
    public async Task<long> OrderReceived(string address)
    {
        var customer = await World.Customer("Ada", address);
        var (_, invoice) = await World.Sale(customer);
        await using var db = await Panel.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var intake = await db.ExecuteScalarAsync<long>(
            "select o.intake_id from orders o join invoices i on i.order_id = o.id where i.id = @invoice",
            new { invoice },
            transaction
        );
        await QueueEmail.OrderReceived(transaction, intake, "test");
        await transaction.CommitAsync();
        Panel.Services.GetRequiredService<JobSignals>().Added();
        return await World.One("select max(id) from emails where template = 'order_received'");
    }

    public Task<string?> Status(long email) => World.Text("select status from emails where id = @email", new { email });

    public async Task Until(long email, string status)
    {
        var seen = "";
        await Wait.Until(
            async () =>
                (
                    seen = await World.Text("select status || ' ' || coalesce(reason, '') from emails where id = @email", new { email })
                )!.Split(' ')[0] == status,
            $"e-mail {email} to be {status}",
            () => $"It is {seen}"
        );
    }

    public Task<string> Run(string job) => Panel.Services.GetServices<IRecurringJob>().Single(j => j.Id == job).Run(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await Smtp.DisposeAsync();
    }
}
