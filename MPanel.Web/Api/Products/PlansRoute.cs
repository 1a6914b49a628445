using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Products;
using Npgsql;

namespace MPanel.Web.Api.Products;

/// <param name="ProductSlug">What an order names it by.</param>
/// <param name="Provisions">hosting, backup, mail, ssl or none.</param>
public sealed record Plan(string ProductSlug, string Name, string Description, string Provisions, IReadOnlyList<PlanPeriod> Prices);

/// <param name="BillingPeriod">month, year or one_time.</param>
/// <param name="UnitPrice">Major units.</param>
public sealed record PlanPeriod(string BillingPeriod, decimal UnitPrice, string Currency);

/// <summary>The catalogue, for the marketing site.</summary>
public static class PlansRoute
{
    public static async Task<Ok<Page<Plan>>> Handle(NpgsqlDataSource dataSource)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var plans = (await Catalogue.Plans(db))
            .GroupBy(p => (p.Code, p.Name, p.Description, p.Provisions))
            .Select(g => new Plan(
                g.Key.Code,
                g.Key.Name,
                g.Key.Description,
                g.Key.Provisions,
                [.. g.Select(p => new PlanPeriod(p.BillingPeriod, p.Amount, p.Currency))]
            ))
            .ToList();
        return TypedResults.Ok(new Page<Plan>(plans, plans.Count, Next: null));
    }
}
