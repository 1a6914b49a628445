using Dapper;
using Npgsql;

namespace MPanel.Database.Customers;

/// <param name="Created">False when a customer with that address existed; its name is then left as it is.</param>
public sealed record FoundCustomer(long Id, bool Created);

/// <summary>Whom an order is billed to. Absent fields are null, never empty.</summary>
/// <param name="Address">Lines with a line feed between them, without the country.</param>
public sealed record BilledTo(string? Company, string? VatId, string? Phone, string? Address, string? Country);

/// <summary>Step "customer" of the sacred path, see docs/blueprint.md.</summary>
public static class FindOrCreateCustomer
{
    /// <summary>
    /// One customer per e-mail address, whatever its case, and ties the intake to it. The update of nothing on conflict is what makes
    /// the row visible and locked when another transaction inserted it a moment ago. Company, VAT id and address belong together: they are
    /// taken over where the customer has none of them, for whoever knows an e-mail address could else change another's.
    /// </summary>
    /// <param name="billing">Null where the order says nothing of it.</param>
    public static Task<FoundCustomer> Run(
        NpgsqlTransaction transaction,
        long intakeId,
        string email,
        string name,
        BilledTo? billing = null
    ) =>
        transaction.Connection!.QuerySingleAsync<FoundCustomer>(
            """
            with customer as (
                insert into customers as c (email, normalized_email, name, company_name, vat_id, phone, billing_address, country)
                values (@email, lower(@email), @name, @Company, @VatId, @Phone, @Address, @Country)
                on conflict (normalized_email) do update
                set normalized_email = excluded.normalized_email,
                    company_name = case when num_nonnulls(c.company_name, c.vat_id, c.billing_address, c.country) = 0
                        then excluded.company_name else c.company_name end,
                    vat_id = case when num_nonnulls(c.company_name, c.vat_id, c.billing_address, c.country) = 0
                        then excluded.vat_id else c.vat_id end,
                    billing_address = case when num_nonnulls(c.company_name, c.vat_id, c.billing_address, c.country) = 0
                        then excluded.billing_address else c.billing_address end,
                    country = case when num_nonnulls(c.company_name, c.vat_id, c.billing_address, c.country) = 0
                        then excluded.country else c.country end,
                    phone = coalesce(c.phone, excluded.phone),
                    -- An edit that began before must not undo it unseen.
                    version = c.version + case
                        when num_nonnulls(c.company_name, c.vat_id, c.billing_address, c.country) = 0
                             and num_nonnulls(excluded.company_name, excluded.vat_id, excluded.billing_address, excluded.country) > 0
                             or c.phone is null and excluded.phone is not null then 1 else 0 end
                returning id, xmax = 0 as created
            ), tied as (
                update order_intakes set customer_id = customer.id from customer where order_intakes.id = @intakeId
            )
            select id, created from customer
            """,
            new
            {
                intakeId,
                email,
                name,
                billing?.Company,
                billing?.VatId,
                billing?.Phone,
                billing?.Address,
                billing?.Country,
            },
            transaction
        );
}
