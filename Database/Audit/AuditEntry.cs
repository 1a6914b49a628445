using Dapper;
using Npgsql;

namespace MPanel.Database.Audit;

/// <summary>Who did what to what, from where.</summary>
/// <param name="ActorKind"><c>user</c>, <c>api_key</c>, <c>server</c>, <c>system</c> or <c>anonymous</c>.</param>
/// <param name="Action">Such as <c>order.resumed</c>.</param>
/// <param name="Subject">Such as <c>order ORD-1042</c>.</param>
/// <param name="Before">JSON, or null where there was nothing.</param>
/// <param name="After">JSON, or null where nothing is left.</param>
public sealed record AuditEntry(
    string ActorKind,
    string ActorName,
    string Action,
    string Subject,
    string? Before,
    string? After,
    string? RemoteAddress,
    string CorrelationId
)
{
    /// <summary>Appends it, in the transaction of the change it is about where there is one.</summary>
    public Task Append(NpgsqlConnection db, NpgsqlTransaction? transaction = null) =>
        db.ExecuteAsync(
            """
            insert into audit_entries (actor_kind, actor_name, action, subject, before, after, remote_address, correlation_id)
            values (@ActorKind, @ActorName, @Action, @Subject, @Before::jsonb, @After::jsonb, @RemoteAddress, @CorrelationId)
            """,
            this,
            transaction
        );
}
