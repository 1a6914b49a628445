using Dapper;
using Npgsql;

namespace MPanel.Database.Disputes;

/// <param name="SeenStatus">What it was when a person saw it last; null when nobody has.</param>
public sealed record SeenDispute(long Id, string StripeId, string Status, string? SeenStatus);

public static class SeeDispute
{
    /// <summary>Its row is the caller's until the transaction ends; null when there is none.</summary>
    public static Task<SeenDispute?> Lock(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<SeenDispute>(
            """
            select id, stripe_dispute_id as stripe_id, status, seen_status from disputes where id = @id for no key update
            """,
            new { id },
            transaction
        );

    public static Task Run(NpgsqlTransaction transaction, long id, string actor) =>
        transaction.Connection!.ExecuteAsync(
            "update disputes set seen_status = status, seen_by = @actor where id = @id",
            new { id, actor },
            transaction
        );
}
