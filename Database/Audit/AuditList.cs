using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Audit;

/// <param name="ActorKind"><c>user</c>, <c>api_key</c>, <c>server</c>, <c>system</c> or <c>anonymous</c>.</param>
/// <param name="Before">JSON, or null where there was nothing.</param>
/// <param name="After">JSON, or null where nothing is left.</param>
public sealed record AuditRow(
    long Id,
    DateTimeOffset At,
    string ActorKind,
    string ActorName,
    string Action,
    string Subject,
    string? Before,
    string? After,
    string? RemoteAddress,
    string CorrelationId,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for the subject; null for all.</param>
/// <param name="Actor">Name of the actor.</param>
/// <param name="ActionLike">Pattern for the action, such as <c>order.%</c>.</param>
/// <param name="RolesOnly">Only what changed roles, and who has which.</param>
/// <param name="From">Not earlier.</param>
/// <param name="Until">Earlier than this.</param>
public sealed record AuditFilter(
    string? Like,
    string? Actor,
    string? ActorKind,
    string? ActionLike,
    bool RolesOnly,
    DateTimeOffset? From,
    DateTimeOffset? Until
);

public static class AuditList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("at", "a.id", "bigint")];

    private const string Matching = """
        from audit_entries a
        where (@Like::text is null or a.subject ilike @Like)
          and (@Actor::text is null or a.actor_name = @Actor)
          and (@ActorKind::text is null or a.actor_kind = @ActorKind)
          and (@ActionLike::text is null or a.action like @ActionLike)
          and (not @RolesOnly or a.action in ('role.created', 'role.changed', 'user.invited', 'user.changed'))
          and (@From::timestamptz is null or a.at >= @From)
          and (@Until::timestamptz is null or a.at < @Until)
        """;

    public static Task<Slice<AuditRow>> Read(NpgsqlConnection db, AuditFilter filter, SliceRequest slice) =>
        slice.Read<AuditRow>(
            db,
            "a.id",
            $$"""
            select a.id, a.at, a.actor_kind, a.actor_name, a.action, a.subject, a.before::text, a.after::text, a.remote_address,
                   a.correlation_id, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, AuditFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);

    public static Task<AuditRow?> Find(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<AuditRow>(
            """
            select id, at, actor_kind, actor_name, action, subject, before::text, after::text, remote_address, correlation_id, '' as sort_key
            from audit_entries where id = @id
            """,
            new { id }
        );
}
