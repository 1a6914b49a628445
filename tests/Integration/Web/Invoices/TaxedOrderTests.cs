using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Invoices;

/// <summary>Tax of what a checkout took: it is in the price.</summary>
public sealed class TaxedOrderTests : IAsyncLifetime
{
    private StripeSimulation _stripe = null!;
    private PanelServer _panel = null!;
    private OrderDesk _desk = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await StripeSimulation.Start();
        _panel = await PanelServer.Start(
            stripe: _stripe,
            settings: new Dictionary<string, string?>
            {
                ["Invoices:Seller:Name"] = "Example GmbH",
                ["Invoices:Seller:VatId"] = "DE123456789",
                ["Tax:PricesInclude"] = "false",
            }
        );
        _desk = await OrderDesk.Open(_panel);
    }

    public async ValueTask DisposeAsync()
    {
        await _panel.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Order_WithARateAtHome_KeepsItsGross()
    {
        await _desk.Execute("insert into tax_rates (country, category, percent, valid) values ('DE', 'S', 19, '[2026-01-01,)')", new { });
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);

        await _desk.UntilStatus(await _desk.Place(OrderDesk.Example(payment, OrderDesk.NewDomain())), "completed");

        await using var db = await _panel.DataSource.OpenConnectionAsync();
        Assert.Equal(
            "paid 38.500 7.320 45.820 S 19.000",
            await db.ExecuteScalarAsync<string>(
                """
                select concat_ws(' ', i.status, i.net, i.tax, i.total, t.category, t.rate) from invoices i join invoice_taxes t on t.invoice_id = i.id
                where i.net = t.net and i.tax = t.tax and (select sum(amount) from invoice_lines where invoice_id = i.id) = i.total
                """
            )
        );
    }

    [Fact]
    public async Task Order_ThatNamesItsBuyer_IsTaxedAsTheBuyerOnItsInvoice()
    {
        await _desk.Execute("insert into tax_rates (country, category, percent, valid) values ('DE', 'S', 19, '[2026-01-01,)')", new { });
        await Completed(billing: null);
        await _desk.Execute("update customers set company_name = 'Client SARL', country = 'FR', vat_id = 'FR12345678901'", new { });

        await Completed(billing: null);
        await Completed(new JsonObject { ["country"] = "DE" });

        await using var db = await _panel.DataSource.OpenConnectionAsync();
        Assert.Equal(
            ["- S", "FR AE", "DE S"],
            await db.QueryAsync<string>(
                """
                select coalesce(i.buyer_country, '-') || ' ' || t.category from invoices i join invoice_taxes t on t.invoice_id = i.id order by i.id
                """
            )
        );
    }

    private async Task Completed(JsonObject? billing)
    {
        var payment = OrderDesk.NewPaymentIntent();
        await _stripe.Payment(payment, OrderDesk.ExampleTotal);
        var order = JsonSerializer.SerializeToNode(OrderDesk.Example(payment, OrderDesk.NewDomain()))!.AsObject();
        if (billing is not null)
            order["billing"] = billing;
        await _desk.UntilStatus(await _desk.Place(order), "completed");
    }
}
