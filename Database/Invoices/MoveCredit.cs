using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>Credit of a customer that comes or goes.</summary>
/// <param name="Amount">Major units: above zero comes, below goes.</param>
/// <param name="Source">What it comes from or goes to: the same source moves once.</param>
public sealed record CreditMove(long CustomerId, string Currency, decimal Amount, string Source, string Reason, string Actor);

public static class MoveCredit
{
    /// <summary>What a customer has; its row is the caller's until the transaction ends.</summary>
    public static async Task<decimal> Lock(NpgsqlTransaction transaction, long customerId, string currency) =>
        await transaction.Connection!.QuerySingleAsync<decimal>(
            """
            insert into credit_balances (customer_id, currency, amount) values (@customerId, @currency, 0) on conflict do nothing;
            select amount from credit_balances where customer_id = @customerId and currency = @currency for no key update;
            """,
            new { customerId, currency },
            transaction
        );

    /// <summary>Whether the source moved credit already. Asked while something is locked that every mover of this source locks.</summary>
    public static async Task<bool> Happened(NpgsqlTransaction transaction, string source) =>
        await transaction.Connection!.ExecuteScalarAsync<bool>(
            "select exists (select from credit_entries where source = @source)",
            new { source },
            transaction
        );

    /// <summary>Moves it, and locks the balance where the caller has not.</summary>
    /// <returns>Id of the entry.</returns>
    /// <exception cref="PostgresException">There is not that much, or the source moved some already.</exception>
    public static async Task<long> Run(NpgsqlTransaction transaction, CreditMove move)
    {
        await Lock(transaction, move.CustomerId, move.Currency);
        return await transaction.Connection!.QuerySingleAsync<long>(
            """
            with changed as (
                update credit_balances set amount = amount + @Amount where customer_id = @CustomerId and currency = @Currency
            )
            insert into credit_entries (customer_id, currency, amount, source, reason, actor)
            values (@CustomerId, @Currency, @Amount, @Source, @Reason, @Actor)
            returning id
            """,
            move,
            transaction
        );
    }
}
