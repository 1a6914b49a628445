using Dapper;
using Npgsql;

namespace MPanel.Database.Customers;

/// <param name="Author">As the audit log names whoever wrote it.</param>
public sealed record CustomerNote(long Id, string Author, string Body, DateTimeOffset CreatedAt);

/// <summary>What people wrote down about a customer. Notes are added, never changed.</summary>
public static class CustomerNotes
{
    private const int Shown = 100;

    /// <returns>The newest hundred, newest first.</returns>
    public static Task<IEnumerable<CustomerNote>> Of(NpgsqlConnection db, long customerId) =>
        db.QueryAsync<CustomerNote>(
            "select id, author, body, created_at from customer_notes where customer_id = @customerId order by id desc limit @Shown",
            new { customerId, Shown }
        );

    /// <returns>Null when there is no such customer.</returns>
    public static Task<CustomerNote?> Add(NpgsqlTransaction transaction, long customerId, string author, string body) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<CustomerNote>(
            """
            insert into customer_notes (customer_id, author, body)
            select id, @author, @body from customers where id = @customerId
            returning id, author, body, created_at
            """,
            new
            {
                customerId,
                author,
                body,
            },
            transaction
        );
}
