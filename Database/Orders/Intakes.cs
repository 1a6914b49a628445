using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Body">Canonical JSON.</param>
/// <param name="CustomerId">Null until the customer is known.</param>
/// <param name="Accepted">Codes of the reasons that a person accepted.</param>
public sealed record IntakeRow(
    long Id,
    string Reference,
    string PaymentIntentId,
    string Body,
    long? CustomerId,
    bool PricesAccepted,
    string[] Accepted,
    DateTimeOffset CreatedAt,
    string CorrelationId
);

public static class Intakes
{
    public static Task<IntakeRow> Get(NpgsqlConnection db, long id, NpgsqlTransaction? transaction = null) =>
        db.QuerySingleAsync<IntakeRow>(
            """
            select id, reference, stripe_payment_intent_id as payment_intent_id, body::text as body, customer_id,
                prices_accepted_at is not null as prices_accepted, accepted, created_at, correlation_id
            from order_intakes where id = @id
            """,
            new { id },
            transaction
        );

    /// <summary>A person takes the order although it stopped for this. Only while it is in review for it; returns false otherwise.</summary>
    /// <param name="code">The reason that it stopped for.</param>
    /// <param name="accepted">What is kept of the decision.</param>
    public static async Task<bool> Accept(NpgsqlTransaction transaction, string reference, string code, string accepted) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update order_intakes set accepted = accepted || @accepted, updated_at = now()
            where reference = @reference and status = 'needs_review' and reason_code = @code and not accepted @> array[@accepted]
            """,
            new
            {
                reference,
                code,
                accepted,
            },
            transaction
        ) == 1;

    /// <summary>A person takes the order's prices as they are. Only while it is in review; returns false otherwise.</summary>
    public static async Task<bool> AcceptPrices(NpgsqlTransaction transaction, string reference, string acceptedBy) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update order_intakes set prices_accepted_at = now(), prices_accepted_by = @acceptedBy, updated_at = now()
            where reference = @reference and status = 'needs_review'
            """,
            new { reference, acceptedBy },
            transaction
        ) == 1;
}
