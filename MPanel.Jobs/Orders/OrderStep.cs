using MPanel.Database.Emails;
using MPanel.Database.Orders;
using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Orders;

/// <summary>
/// Sacred path, see docs/blueprint.md. Writes order and items, once every price is the catalogue's or a person accepted it, and the domain is
/// the customer's to have: nothing after this can stop the order for a person.
/// </summary>
public sealed class OrderStep(OrderedDomain domains) : IStep
{
    public const string StepKind = "order.order";

    /// <summary>Code of the reason to stop that accepting the prices settles.</summary>
    public const string PriceMismatch = "price_mismatch";

    public string Kind => StepKind;
    public string Title => "Order";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var transaction = await step.Begin(cancellationToken);
        var intake = await Intakes.Get(transaction.Connection!, OrderChain.IntakeId(step.Payload), transaction);
        var body = OrderBody.FromJson(intake.Body);
        var catalogue = await Catalogue.Find(
            transaction,
            [.. body.Items.Select(i => i.ProductSlug)],
            [.. body.Items.Select(i => i.BillingPeriod)],
            body.Currency,
            intake.SentAt
        );
        var known = catalogue.ToDictionary(c => (c.Code, c.BillingPeriod));

        var unknown = body.Items.Select(i => i.ProductSlug).Where(code => catalogue.All(c => c.Code != code)).Distinct().ToList();
        if (unknown.Count > 0)
            return new StepVerdict.Review("unknown_product", $"The catalogue has no active product {string.Join(", ", unknown)}.");
        if (NotSold(body, known) is { Count: > 0 } notSold)
            return new StepVerdict.Review("period_not_sold", $"Not sold for that period: {string.Join(", ", notSold)}.");
        if (!intake.PricesAccepted && PriceDoubts(body, known) is { Count: > 0 } doubts)
            return new StepVerdict.Review(PriceMismatch, string.Join(" ", doubts));
        if (
            catalogue.Any(product => product.Provisions != TaskKind.None)
            && await domains.Doubt(transaction, body.PrimaryDomain, intake.CustomerId!.Value, intake.Accepted) is { } doubt
        )
            return doubt;
        if (
            !intake.Accepted.Any(a => a is DuplicateHosting.ApplyPlan or DuplicateHosting.KeepBoth)
            && await DuplicateHosting.Doubt(transaction, intake.Id, body.PrimaryDomain, catalogue, intake.SentAt) is { } duplicate
        )
            return duplicate;

        var items = body.Items.Select(i =>
        {
            var product = known[(i.ProductSlug, i.BillingPeriod)];
            return new NewOrderItem(product.ProductId, product.Name, i.BillingPeriod, i.Qty, i.UnitPrice);
        });
        await CreateOrder.Run(transaction, intake.Id, body.Currency, body.Total, body.PrimaryDomain, [.. items]);
        await QueueEmail.OrderReceived(transaction, intake.Id, step.CorrelationId);
        return new StepVerdict.Done($"{body.Items.Count} item(s), {Money.Plain(body.Total, body.Currency)} {body.Currency}");
    }

    /// <summary>A person may accept another price, but not a period: what is provisioned needs a subscription, and one-time items have none.</summary>
    private static List<string> NotSold(OrderBody body, Dictionary<(string, string), CataloguePrice> known) =>
        [
            .. body
                .Items.Where(i =>
                    known[(i.ProductSlug, i.BillingPeriod)]
                        is { Amount: null, AmountThen: null }
                            or { BillingPeriod: BillingPeriod.OneTime, Provisions: not TaskKind.None }
                )
                .Select(i => $"{i.ProductSlug} per {i.BillingPeriod}"),
        ];

    private static List<string> PriceDoubts(OrderBody body, Dictionary<(string, string), CataloguePrice> known)
    {
        return
        [
            .. body
                .Items.Select(i => (Item: i, Price: known[(i.ProductSlug, i.BillingPeriod)]))
                .Where(o => o.Price.Amount != o.Item.UnitPrice && o.Price.AmountThen != o.Item.UnitPrice)
                .Select(o =>
                    $"{o.Item.ProductSlug} costs {Plain((o.Price.AmountThen ?? o.Price.Amount)!.Value)} {body.Currency} per {o.Item.BillingPeriod}, ordered at {Plain(o.Item.UnitPrice)}."
                ),
        ];

        string Plain(decimal amount) => Money.Plain(amount, body.Currency);
    }
}
