using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Body">Canonical JSON.</param>
/// <param name="CustomerId">Null until the customer is known.</param>
/// <param name="Accepted">Codes of the reasons that a person accepted.</param>
/// <param name="RefusalClosed">It was refused first, and a person closed that: it was sent again all the same.</param>
/// <param name="SentAt">When it was sent first: before CreatedAt where it was refused then.</param>
public sealed record IntakeRow(
    long Id,
    string Body,
    long? CustomerId,
    bool PricesAccepted,
    string[] Accepted,
    bool RefusalClosed,
    DateTimeOffset SentAt,
    DateTimeOffset CreatedAt
);

public static class Intakes
{
    public static Task<IntakeRow> Get(NpgsqlConnection db, long id, NpgsqlTransaction? transaction = null) =>
        db.QuerySingleAsync<IntakeRow>(
            """
            select i.id, i.body::text as body, i.customer_id,
                i.prices_accepted_at is not null as prices_accepted, i.accepted, coalesce(r.closed, false) as refusal_closed,
                least(i.created_at, r.first_at) as sent_at, i.created_at
            from order_intakes i
            left join lateral (
                select bool_or(closed_at is not null) as closed, min(created_at) as first_at from refused_orders where intake_id = i.id
            ) r on true
            where i.id = @id
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

    /// <summary>A person accepts this of an order by taking it in, before it can stop for it.</summary>
    public static Task AcceptBeforehand(NpgsqlTransaction transaction, string reference, string accepted) =>
        transaction.Connection!.ExecuteAsync(
            "update order_intakes set accepted = accepted || @accepted where reference = @reference and not accepted @> array[@accepted]",
            new { reference, accepted },
            transaction
        );

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
