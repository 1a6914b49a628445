using Dapper;
using Npgsql;

namespace MPanel.Database.Payments;

/// <summary>A payment with what Stripe knows of it.</summary>
/// <param name="Row">As in the list.</param>
public sealed record PaymentDetail(PaymentRow Row, PaymentSums Sums, PaymentFacts Facts);

/// <summary>Where the money is, major units.</summary>
/// <param name="Allocated">To invoices; what is disputed is among it.</param>
/// <param name="Refunding">Asked for, and not ended.</param>
/// <param name="Fee">Taken by Stripe; null while it is unknown.</param>
/// <param name="FeeCurrency">That Stripe pays out in.</param>
/// <param name="FactsAt">When Stripe was asked for the facts; null while it has not been.</param>
public sealed record PaymentSums(
    decimal Allocated,
    decimal Refunding,
    decimal Refunded,
    decimal Disputed,
    decimal? Fee,
    string? FeeCurrency,
    DateTimeOffset? FactsAt
);

/// <summary>How much of which invoice it paid; below zero what it has back.</summary>
public sealed record PaymentAllocation(long InvoiceId, string Invoice, decimal Amount, DateTimeOffset At);

/// <summary>A payment, and what happened to it: at most <see cref="Shown"/> of each kind, the newest first.</summary>
public static class PaymentDetails
{
    public const int Shown = 50;

    private sealed record ReadFacts(
        string? Charge,
        string? Customer,
        string? Method,
        string? BillingCountry,
        string? Brand,
        string? Last4,
        int? ExpMonth,
        int? ExpYear,
        string? CardCountry
    );

    public static async Task<PaymentDetail?> Of(NpgsqlConnection db, long id)
    {
        if (await PaymentList.One(db, id) is not { } row)
            return null;
        var sums = await db.QuerySingleAsync<PaymentSums>(
            "select allocated, refunding, refunded, disputed, fee, fee_currency, facts_at from payments where id = @id",
            new { id }
        );
        var facts = await db.QuerySingleAsync<ReadFacts>(
            """
            select stripe_charge_id as charge, stripe_customer_id as customer, stripe_payment_method_id as method, billing_country,
                card_brand as brand, card_last4 as last4, card_exp_month::integer as exp_month, card_exp_year::integer as exp_year, card_country
            from payments where id = @id
            """,
            new { id }
        );
        var card =
            facts.Brand is null && facts.Last4 is null
                ? null
                : new PaymentCard(facts.Brand, facts.Last4, facts.ExpMonth, facts.ExpYear, facts.CardCountry);
        return new PaymentDetail(
            row,
            sums,
            new PaymentFacts(facts.Charge, facts.Customer, facts.Method, row.ReceivedAt, facts.BillingCountry, card)
        );
    }

    public static async Task<IReadOnlyList<PaymentAllocation>> Allocations(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<PaymentAllocation>(
                """
                select a.invoice_id, i.invoice_number as invoice, a.amount, a.created_at as at
                from allocations a join invoices i on i.id = a.invoice_id
                where a.payment_id = @id order by a.id desc limit @Shown
                """,
                new { id, Shown }
            )
        ).AsList();
}
