using Dapper;
using Npgsql;

namespace MPanel.Database.Customers;

/// <param name="Amount">Major units.</param>
public sealed record CreditBalance(string Currency, decimal Amount);

/// <summary>Credit that came or went.</summary>
/// <param name="Amount">Major units: above zero came, below went.</param>
public sealed record CreditEntry(long Id, string Currency, decimal Amount, string Reason, string Actor, DateTimeOffset CreatedAt);

/// <summary>What a customer has paid too much, or was credited, and has not used yet.</summary>
public static class CustomerCredit
{
    /// <summary>By currency; none for those who never had any.</summary>
    public static async Task<IReadOnlyList<CreditBalance>> Balances(NpgsqlConnection db, long customerId) =>
        (
            await db.QueryAsync<CreditBalance>(
                "select currency, amount from credit_balances where customer_id = @customerId order by currency",
                new { customerId }
            )
        ).AsList();

    /// <summary>The newest first.</summary>
    public static async Task<IReadOnlyList<CreditEntry>> Entries(NpgsqlConnection db, long customerId, int limit) =>
        (
            await db.QueryAsync<CreditEntry>(
                """
                select id, currency, amount, reason, actor, created_at from credit_entries where customer_id = @customerId
                order by id desc limit @limit
                """,
                new { customerId, limit }
            )
        ).AsList();
}
