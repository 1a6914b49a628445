using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using MPanel.Benchmarks.Parts;
using MPanel.Database.Customers;
using MPanel.Database.Domains;
using MPanel.Database.Invoices;
using MPanel.Database.Orders;
using MPanel.Database.Payments;
using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Database.Subscriptions;
using MPanel.Database.Websites;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Text;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Benchmarks.Chain;

/// <summary>
/// The chain's floor: its six steps with the same statements and the same question to Stripe, each a transaction that also writes the order's
/// timeline; no ledger, no leases, no engine, no checks.
/// </summary>
public sealed class PlainChain : IAsyncDisposable
{
    private readonly NpgsqlConnection _db;
    private readonly HttpClient _stripe;

    private PlainChain(NpgsqlConnection db, HttpClient stripe) => (_db, _stripe) = (db, stripe);

    public static async Task<PlainChain> Open(NpgsqlDataSource database, SimulatorPart simulator, CancellationToken stop)
    {
        var stripe = new HttpClient { BaseAddress = new Uri(simulator.Url) };
        stripe.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", simulator.Key);
        return new PlainChain(await database.OpenConnectionAsync(stop), stripe);
    }

    public async Task Run(long intakeId, CancellationToken stop)
    {
        var now = TimeProvider.System.GetUtcNow();
        var first = OrderBody.FromJson((await Intakes.Get(_db, intakeId)).Body);
        using var answer = await _stripe.GetAsync($"/v1/payment_intents/{first.StripePaymentIntentId}?expand[]=latest_charge", stop);
        using var payment = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(stop));
        if (payment.RootElement.GetProperty("status").GetString() != "succeeded")
            throw new InvalidOperationException("The payment did not succeed.");
        var paid = payment.RootElement.GetProperty("amount_received").GetInt64() / 100m;

        await Step(
            intakeId,
            "payment",
            t => RecordPayment.Run(t, intakeId, new(first.StripePaymentIntentId, paid, first.Currency, Livemode: false, PaymentFacts.None))
        );
        await Step(
            intakeId,
            "customer",
            async t =>
            {
                var body = OrderBody.FromJson((await Intakes.Get(_db, intakeId, t)).Body);
                await FindOrCreateCustomer.Run(t, intakeId, body.CustomerEmail, body.CustomerName);
            }
        );
        await Step(intakeId, "order", t => Order(t, intakeId));
        await Step(intakeId, "subscriptions", t => CreateSubscriptions.Run(t, intakeId, now));
        await Step(
            intakeId,
            "invoice",
            t =>
                IssuePaidInvoice.Run(t, intakeId, string.Create(CultureInfo.InvariantCulture, $"PLAIN-{now.Year}"), InvoiceSeller.None, now)
        );
        await Step(intakeId, "tasks", t => Tasks(t, intakeId));
    }

    public async ValueTask DisposeAsync()
    {
        _stripe.Dispose();
        await _db.DisposeAsync();
    }

    private async Task Step(long intakeId, string step, Func<NpgsqlTransaction, Task> write)
    {
        await using var transaction = await _db.BeginTransactionAsync();
        await write(transaction);
        var status = step == "tasks" ? "completed" : "processing";
        var line = new StepLine(DateTimeOffset.UtcNow, step, 1, 1, "done", null, "Done", "bench");
        await RecordSteps.Run(transaction, intakeId, "bench", status, [line]);
        await transaction.CommitAsync();
    }

    private async Task Order(NpgsqlTransaction transaction, long intakeId)
    {
        var intake = await Intakes.Get(_db, intakeId, transaction);
        var body = OrderBody.FromJson(intake.Body);
        var prices = await Catalogue.Find(
            transaction,
            [.. body.Items.Select(i => i.ProductSlug)],
            [.. body.Items.Select(i => i.BillingPeriod)],
            body.Currency,
            intake.CreatedAt
        );
        var known = prices.ToDictionary(p => (p.Code, p.BillingPeriod));
        var items = body.Items.Select(i =>
        {
            var price = known[(i.ProductSlug, i.BillingPeriod)];
            return new NewOrderItem(price.ProductId, price.Name, i.BillingPeriod, i.Qty, i.UnitPrice);
        });
        await CreateOrder.Run(transaction, intakeId, body.Currency, body.Total, body.PrimaryDomain, [.. items]);
    }

    private static async Task Tasks(NpgsqlTransaction transaction, long intakeId)
    {
        var plan = await CreateTasks.Plan(transaction, intakeId);
        var (domain, customerId) = (plan[0].Domain, plan[0].CustomerId);
        await ClaimDomain.Run(transaction, domain, OrderDesk.Suffixes.Related(domain), customerId);
        var website = await FindOrCreateWebsite.Run(transaction, domain, customerId, plan[1].Product, $"www.{domain}");
        var server = await PlaceWebsite.Choose(transaction, Need(plan[0]));
        await FindOrCreateWebsite.SetServer(transaction, website.Id, server!.Value);
        await CreateTasks.MoveOrderOn(transaction, intakeId, waits: true);
        await CreateTasks.OnWebsite(transaction, website.Id, [plan[0].SubscriptionId!.Value, plan[1].SubscriptionId!.Value]);
        var errand = new WebsiteErrand("bench", "bench", plan[1].OrderId, plan[1].SubscriptionId, plan[1].ServerRole, plan[1].ServerTags);
        var brought = await BringWebsite.Run(transaction, website.Id, errand);
        var backup = await PlaceTask.Run(transaction, Need(plan[2]), domain);
        var payload = JsonSerializer.Serialize(new { domain, plan = plan[2].Product });
        await CreateTasks.Run(
            transaction,
            [new NewTask(plan[2], TaskSubject.Subscription(plan[2].SubscriptionId!.Value), website.Id, backup, brought.TaskId, payload)],
            "bench"
        );
        if (!await PlaceWebsite.Take(transaction, server.Value))
            throw new InvalidOperationException("The server is full.");
    }

    private static PlacementNeed Need(Provisionable item) => new(item.Type, item.ServerRole, item.ServerTags, TimeSpan.FromSeconds(90));
}
