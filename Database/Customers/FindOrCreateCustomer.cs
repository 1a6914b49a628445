using Dapper;
using Npgsql;

namespace MPanel.Database.Customers;

/// <param name="Created">False when a customer with that address existed; its name is then left as it is.</param>
public sealed record FoundCustomer(long Id, bool Created);

/// <summary>Step "customer" of the sacred path, see docs/blueprint.md.</summary>
public static class FindOrCreateCustomer
{
    /// <summary>
    /// One customer per e-mail address, whatever its case, and ties the intake to it. The update of nothing on conflict is what makes
    /// the row visible and locked when another transaction inserted it a moment ago.
    /// </summary>
    public static Task<FoundCustomer> Run(NpgsqlTransaction transaction, long intakeId, string email, string name) =>
        transaction.Connection!.QuerySingleAsync<FoundCustomer>(
            """
            with customer as (
                insert into customers (email, normalized_email, name)
                values (@email, lower(@email), @name)
                on conflict (normalized_email) do update set normalized_email = excluded.normalized_email
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
            },
            transaction
        );
}
