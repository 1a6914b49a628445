using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Prefix">The visible part.</param>
/// <param name="Kind"><c>personal</c> or <c>service</c>.</param>
/// <param name="OwnerId">Of a personal key; null for a service key, as is the owner's e-mail address.</param>
/// <param name="Status"><c>active</c>, <c>suspended</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="ToReview">Made before there were two kinds, and nobody has looked at it since.</param>
/// <param name="ExpiresAt">Null for never.</param>
/// <param name="Rotated">A newer key has taken its place.</param>
public sealed record ApiKeyListRow(
    long Id,
    string Name,
    string Prefix,
    string Kind,
    long? OwnerId,
    string? Owner,
    bool ToReview,
    string Status,
    string[] Scopes,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    bool Rotated,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for name, visible part and owner; null for all.</param>
/// <param name="Status">Null for all, as are kind and review.</param>
/// <param name="Review">Only keys that somebody is to look at.</param>
public sealed record ApiKeyFilter(string? Like, string? Status, string? Kind, bool Review);

public static class ApiKeyList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("created", "k.created_at", "timestamptz"),
        new("name", "k.name", "text"),
        new("used", "coalesce(k.last_used_at, timestamptz 'epoch')", "timestamptz"),
    ];

    private const string Status = """
        case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired'
             when k.suspended_at is not null or (k.owner_id is not null and not may_act(u)) then 'suspended' else 'active' end
        """;

    internal const string From = "from api_keys k left join users u on u.id = k.owner_id";

    internal const string Columns = $"""
        k.id, k.name, k.prefix, k.kind, k.owner_id, u.email as owner, k.to_review, {Status} as status, k.scopes, k.expires_at,
        k.last_used_at, k.created_at, k.created_by, k.successor_id is not null as rotated
        """;

    private const string Matching = $"""
        {From}
        where (@Like::text is null or k.name ilike @Like or k.prefix ilike @Like or u.email ilike @Like)
          and (@Status::text is null or {Status} = @Status)
          and (@Kind::text is null or k.kind = @Kind)
          and (not @Review or k.to_review)
        """;

    public static Task<Slice<ApiKeyListRow>> Read(NpgsqlConnection db, ApiKeyFilter filter, SliceRequest slice) =>
        slice.Read<ApiKeyListRow>(
            db,
            "k.id",
            $$"""
            select {{Columns}}, ({sort})::text as sort_key
            {{Matching}}
              and {after}
            order by {order}
            limit @limit
            """,
            filter
        );

    public static Task<ListTotal> Count(NpgsqlConnection db, ApiKeyFilter filter) =>
        ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", filter);

    /// <summary>One key as the list shows it; nobody else changes it until the transaction ends. Null when there is none.</summary>
    public static async Task<ApiKeyListRow?> Lock(NpgsqlTransaction transaction, long id)
    {
        var db = transaction.Connection!;
        await db.ExecuteAsync("select 1 from api_keys where id = @id for no key update", new { id }, transaction);
        return await db.QuerySingleOrDefaultAsync<ApiKeyListRow>(
            $"""
            select {Columns}, '' as sort_key
            {From}
            where k.id = @id
            """,
            new { id },
            transaction
        );
    }

    /// <summary>
    /// A new key of the same name, owner, scopes and lifetime; the old one ends a while later, or when it would have ended anyway.
    /// </summary>
    /// <param name="origin">Who asks. Where a person does, the new key stays a descendant of whichever key made the old one.</param>
    /// <param name="latest">The new key ends no later; null for no such bound.</param>
    /// <returns>The new key's text, which can't be had again.</returns>
    public static async Task<string> Rotate(
        NpgsqlTransaction transaction,
        long id,
        TimeSpan oldLives,
        KeyOrigin origin,
        DateTimeOffset? latest
    )
    {
        var (stored, text) = BearerSecret.Create("mpk");
        await transaction.Connection!.ExecuteAsync(
            """
            with successor as (
                insert into api_keys (name, prefix, secret_hash, scopes, expires_at, created_by, kind, owner_id, made_by_key_id)
                select name, @Prefix, @Hash, scopes, least(now() + (expires_at - created_at), @latest), @CreatedBy, kind, owner_id,
                       coalesce(@MadeByKeyId, made_by_key_id)
                from api_keys where id = @id
                returning id
            )
            update api_keys k
            set successor_id = s.id, expires_at = least(k.expires_at, now() + @oldLives), to_review = false, updated_at = now()
            from successor s where k.id = @id
            """,
            new
            {
                id,
                stored.Prefix,
                stored.Hash,
                oldLives,
                latest,
                origin.CreatedBy,
                origin.MadeByKeyId,
            },
            transaction
        );
        return text;
    }

    /// <summary>Somebody looked at the key and keeps it. False when it was not to be looked at.</summary>
    public static async Task<bool> Keep(NpgsqlTransaction transaction, long id) =>
        await transaction.Connection!.ExecuteAsync(
            "update api_keys set to_review = false, updated_at = now() where id = @id and to_review",
            new { id },
            transaction
        ) == 1;
}
