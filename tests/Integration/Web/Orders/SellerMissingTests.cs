using System.Net;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>An invoice keeps its seller for ever, so in Production none is issued without one; nowhere else does an order fail for it.</summary>
public sealed class SellerMissingTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;

    public async ValueTask InitializeAsync() => _stripe = await StripeSimulation.Start();

    public async ValueTask DisposeAsync() => await _stripe.DisposeAsync();

    [Fact]
    public async Task Order_InProductionWithoutASeller_StopsAtItsInvoiceAndGoesOnOnceThereIsOne()
    {
        var database = await (await PostgresCluster.Shared).CreateDatabase();
        string reference;
        await using (var panel = await Start(database, "Production"))
        {
            var desk = await OrderDesk.Open(panel);
            reference = await Place(desk, OrderDesk.NewDomain());
            await desk.UntilReason(reference, "seller_missing");
            Assert.Equal(0, await desk.Count("select count(*) from invoices"));
        }

        await using var again = await Start(database, "Production", ("Invoices:Seller:Name", "Seller Ltd"));
        var later = await OrderDesk.Open(again);
        using var resumed = await later.Http.PostAsync($"/api/admin/orders/{reference}/resume", null);
        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        await later.UntilStatus(reference, "completed");
        Assert.Equal(1, await later.Count("select count(*) from invoices where seller_name = 'Seller Ltd'"));
    }

    [Fact]
    public async Task Order_InDevelopmentWithoutASeller_IsInvoicedWithPeriodAndDomain()
    {
        await using var panel = await Start(null, "Development");
        var desk = await OrderDesk.Open(panel);
        var domain = OrderDesk.NewDomain();

        await desk.UntilStatus(await Place(desk, domain), "completed");

        Assert.Equal(
            3,
            await desk.Count(
                $"""
                select count(*) from invoice_lines l join invoices i on i.id = l.invoice_id join order_items o on o.order_id = i.order_id and o.position = l.position
                join subscriptions s on s.order_item_id = o.id
                where l.domain = '{domain}' and l.period_start = s.current_period_start and l.period_end = s.current_period_end
                  and i.seller_name is null and i.payment_method like 'Online payment through Stripe, pi_%'
                """
            )
        );
    }

    private async Task<string> Place(OrderDesk desk, string domain)
    {
        var intent = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(intent, OrderDesk.ExampleTotal);
        return await desk.Place(OrderDesk.Example(intent, domain));
    }

    private Task<PanelServer> Start(string? database, string environment, params (string Name, string Value)[] settings) =>
        PanelServer.Start(
            database,
            settings.ToDictionary(s => s.Name, s => (string?)s.Value),
            builder => builder.Environment.EnvironmentName = environment,
            _stripe
        );
}
