using MPanel.Database.Jobs;
using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Products;

/// <summary>What people do to products and their prices: each action one transaction, with its audit entry in it.</summary>
public sealed class ProductActions(NpgsqlDataSource dataSource)
{
    public async Task<Outcome<ProductDetail>> Create(Actor actor, string? code, ProductInput input, IReadOnlyList<PriceInput?> prices)
    {
        var (fields, faults) = ProductRules.Check(input);
        var (accepted, priceFaults) = ProductRules.CheckPrices(prices);
        var (limits, limitFaults) = LimitRules.Check(input.Limits, PlanLimits.Default);
        if (ProductRules.CheckCode(code) is { } wrong)
            faults = [wrong, .. faults];
        if (fields is null || accepted is null || limits is null || faults.Count > 0)
            return Refusal.Invalid([.. faults, .. limitFaults, .. priceFaults]);
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await SaveProduct.Create(transaction, code!, fields, limits) is not { } id)
            return Refusal.Invalid("code", "code_taken", "There is a product with this code.");
        foreach (var price in accepted)
            await SaveProduct.SetPrice(transaction, id, price);
        await actor
            .Audit(
                "product.created",
                $"product {code}",
                after: AuditJson.Of(
                    new
                    {
                        fields,
                        limits,
                        prices = accepted,
                    }
                )
            )
            .Append(db, transaction);
        var created = await ProductFacts.Of(db, code!, transaction);
        await transaction.CommitAsync();
        return new Outcome<ProductDetail>.Done(created!);
    }

    /// <param name="key">Code or id.</param>
    /// <param name="version">The version that the edit began from.</param>
    /// <param name="change">What the product becomes, from what it is.</param>
    /// <param name="prices">Those to add or change; the others stay as they are.</param>
    public async Task<Outcome<ProductDetail>> Update(
        Actor actor,
        string key,
        int version,
        Func<ProductDetail, ProductInput> change,
        IReadOnlyList<PriceInput?> prices
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await ProductFacts.Of(db, key) is not { } before)
            return new Outcome<ProductDetail>.Missing();
        var input = change(before);
        var (fields, faults) = ProductRules.Check(input);
        var (limits, limitFaults) = LimitRules.Check(input.Limits, before.Limits);
        var (accepted, priceFaults) = ProductRules.CheckPrices(prices);
        if (fields is null || accepted is null || limits is null)
            return Refusal.Invalid([.. faults, .. limitFaults, .. priceFaults]);
        await using var transaction = await db.BeginTransactionAsync();
        // First, with its row lock: of two edits of one version the second finds another one, its prices included.
        if (!await SaveProduct.Update(transaction, before.Id, version, fields, limits))
            return new Outcome<ProductDetail>.Conflict((await ProductFacts.Of(db, key, transaction))!);
        foreach (var price in accepted)
            await SaveProduct.SetPrice(transaction, before.Id, price);
        var after = await ProductFacts.Of(db, before.Code, transaction);
        // Whatever stood there when the edit began: this is compared with what each website was told.
        if (fields.Provisions == TaskKind.Hosting && limits != before.Limits)
            await AddJob.Run(transaction, LimitsChain.Job(after!, actor.CorrelationId));
        await actor.Audit("product.changed", $"product {before.Code}", State(before), State(after!)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<ProductDetail>.Done(after!);
    }

    private static string State(ProductDetail product) =>
        AuditJson.Of(
            new
            {
                fields = product.Fields,
                product.Limits,
                product.Prices,
            }
        );
}
