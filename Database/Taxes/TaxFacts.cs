using Dapper;
using MPanel.Database.Orders;
using Npgsql;

namespace MPanel.Database.Taxes;

/// <summary>What decides the tax of a sale.</summary>
/// <param name="Country">Of the buyer, ISO 3166-1 alpha-2; null where nobody knows.</param>
/// <param name="ExemptReason">Null for those who are taxed.</param>
/// <param name="Category">Of the rate of the buyer's country; null where there is none, as is the percent.</param>
/// <param name="HomeCategory">The same of the seller's country.</param>
public sealed record TaxFacts(
    string? Country,
    string? VatId,
    string? ExemptReason,
    string? Category,
    decimal? Percent,
    string? HomeCategory,
    decimal? HomePercent
);

/// <summary>What a document says of its tax: one category and rate, rounded once.</summary>
/// <param name="Rate">Percent.</param>
/// <param name="Note">What the law wants to be said, as printed; null for nothing.</param>
/// <param name="Net">Major units, as the tax.</param>
public sealed record AppliedTax(string Category, decimal Rate, string? Note, decimal Net, decimal Tax)
{
    public decimal Total => Net + Tax;
}

public static class TaxQuestions
{
    /// <summary>Null where there is no such customer, or no rate holds on the day: nothing is taxed then.</summary>
    /// <param name="home">The seller's country; null where it is unknown.</param>
    /// <param name="day">Midnight UTC of the day of the document.</param>
    public static Task<TaxFacts?> OfCustomer(NpgsqlTransaction transaction, long customerId, string? home, DateTimeOffset day) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<TaxFacts>(
            """
            select c.country, c.vat_id, c.tax_exempt_reason as exempt_reason, b.category, b.percent, h.category as home_category,
                   h.percent as home_percent
            from customers c
            left join tax_rates b on b.country = c.country and b.valid @> (@day at time zone 'UTC')::date
            left join tax_rates h on h.country = @home and h.valid @> (@day at time zone 'UTC')::date
            where c.id = @customerId and exists (select from tax_rates r where r.valid @> (@day at time zone 'UTC')::date)
            """,
            new
            {
                customerId,
                home,
                day,
            },
            transaction
        );

    /// <summary>What an intake's order came to; null where there is no order, or no rate at all.</summary>
    public static Task<TaxedOrder?> OrderOf(NpgsqlTransaction transaction, long intakeId) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<TaxedOrder>(
            "select total, currency from orders where intake_id = @intakeId and exists (select from tax_rates)",
            new { intakeId },
            transaction
        );

    /// <summary>
    /// The same of the buyer of an intake's order, whom its invoice names.
    /// </summary>
    public static Task<TaxFacts?> OfOrder(NpgsqlTransaction transaction, long intakeId, string? home, DateTimeOffset day) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<TaxFacts>(
            $"""
            select buyer.country, buyer.vat_id, c.tax_exempt_reason as exempt_reason, b.category, b.percent, h.category as home_category,
                   h.percent as home_percent
            from orders o
            join customers c on c.id = o.customer_id
            join order_intakes i on i.id = o.intake_id
            cross join lateral ({OrderBuyer.Sql}) buyer
            left join tax_rates b on b.country = buyer.country and b.valid @> (@day at time zone 'UTC')::date
            left join tax_rates h on h.country = @home and h.valid @> (@day at time zone 'UTC')::date
            where o.intake_id = @intakeId and exists (select from tax_rates r where r.valid @> (@day at time zone 'UTC')::date)
            """,
            new
            {
                intakeId,
                home,
                day,
            },
            transaction
        );
}

/// <param name="Total">Major units.</param>
public sealed record TaxedOrder(decimal Total, string Currency);
