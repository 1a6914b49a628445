using Microsoft.Extensions.Options;
using MPanel.Database.Domains;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Web.Pages.Orders;

/// <summary>Reads what the trace page shows.</summary>
public sealed class TraceReading(
    ListDatabase database,
    IOptions<StripeOptions> stripe,
    IOptions<ProvisioningOptions> provisioning,
    PublicSuffixes suffixes
)
{
    /// <summary>Null when there is no such order.</summary>
    public async Task<TraceView?> Of(string reference, CancellationToken cancellationToken)
    {
        await using var db = await database.Open(cancellationToken);
        if (await OrderTraces.Of(db, reference) is not { } trace)
            return null;
        var body = OrderBody.FromJson(trace.Order.Intake.Body);
        var ordered = body.Items ?? [];
        var prices = await OrderPrices.Of(
            db,
            [.. ordered.Select(i => i.ProductSlug)],
            [.. ordered.Select(i => i.BillingPeriod)],
            body.Currency ?? ""
        );
        var known = prices.ToDictionary(p => (p.Code, p.BillingPeriod));
        return new TraceView(
            trace,
            body,
            [.. ordered.Select(i => Item(i, known[(i.ProductSlug, i.BillingPeriod)]))],
            TraceSteps.Of(trace, provisioning.Value.OfflineAfter),
            await Neighbours(db, trace.Order, body.PrimaryDomain),
            PaymentLink(trace.Order)
        );
    }

    private async Task<IReadOnlyList<NeighbouringDomain>> Neighbours(NpgsqlConnection db, TracedOrder order, string domain) =>
        order is { Intake.ReasonCode: OrderedDomain.Taken or OrderedDomain.NameBelow, Customer.Id: var customer }
            ? await NeighbouringDomains.Of(db, domain, suffixes.Related(domain), customer)
            : [];

    private static OrderedItem Item(OrderBodyItem item, OrderPrice price) =>
        new(item.ProductSlug, price.Name ?? item.ProductSlug, price.ProductId, item.BillingPeriod, item.Qty, item.UnitPrice, price.Amount);

    private string? PaymentLink(TracedOrder order) =>
        new Uri(stripe.Value.BaseUrl).IsLoopback
            ? null
            : $"https://dashboard.stripe.com/{(order.Payment?.LiveMode ?? stripe.Value.ExpectedLiveMode ? "" : "test/")}payments/{order.Intake.PaymentIntentId}";
}
