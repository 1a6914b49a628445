using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Prefix">The visible part.</param>
/// <param name="Status"><c>active</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="ExpiresAt">Null for never.</param>
/// <param name="Rotated">A newer key has taken its place.</param>
public sealed record ApiKeyListRow(
    long Id,
    string Name,
    string Prefix,
    string Status,
    string[] Scopes,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    bool Rotated,
    string SortKey
) : IListRow;

/// <param name="Like">Pattern for name and prefix; null for all.</param>
/// <param name="Status">Null for all.</param>
public sealed record ApiKeyFilter(string? Like, string? Status);

public static class ApiKeyList
{
    public static readonly IReadOnlyList<SortColumn> Sorts =
    [
        new("created", "k.created_at", "timestamptz"),
        new("name", "k.name", "text"),
        new("used", "coalesce(k.last_used_at, timestamptz 'epoch')", "timestamptz"),
    ];

    private const string Status =
        "case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'expired' else 'active' end";

    private const string Matching = $"""
        from api_keys k
        where (@Like::text is null or k.name ilike @Like or k.prefix ilike @Like)
          and (@Status::text is null or {Status} = @Status)
        """;

    public static Task<Slice<ApiKeyListRow>> Read(NpgsqlConnection db, ApiKeyFilter filter, SliceRequest slice) =>
        slice.Read<ApiKeyListRow>(
            db,
            "k.id",
            $$"""
            select k.id, k.name, k.prefix, {{Status}} as status, k.scopes, k.expires_at, k.last_used_at, k.created_at, k.created_by,
                   k.successor_id is not null as rotated, ({sort})::text as sort_key
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
            select k.id, k.name, k.prefix, {Status} as status, k.scopes, k.expires_at, k.last_used_at, k.created_at, k.created_by,
                   k.successor_id is not null as rotated, '' as sort_key
            from api_keys k where k.id = @id
            """,
            new { id },
            transaction
        );
    }

    /// <summary>A new key of the same name, scopes and expiry; the old one ends a while later, or when it would have ended anyway.</summary>
    /// <returns>The new key's text, which can't be had again.</returns>
    public static async Task<string> Rotate(NpgsqlTransaction transaction, long id, TimeSpan oldLives, string createdBy)
    {
        var (stored, text) = BearerSecret.Create("mpk");
        await transaction.Connection!.ExecuteAsync(
            """
            with successor as (
                insert into api_keys (name, prefix, secret_hash, scopes, expires_at, created_by)
                select name, @Prefix, @Hash, scopes, expires_at, @createdBy from api_keys where id = @id
                returning id
            )
            update api_keys k
            set successor_id = s.id, expires_at = least(k.expires_at, now() + @oldLives), updated_at = now()
            from successor s where k.id = @id
            """,
            new
            {
                id,
                stored.Prefix,
                stored.Hash,
                oldLives,
                createdBy,
            },
            transaction
        );
        return text;
    }

    /// <summary>False when it was revoked already.</summary>
    public static async Task<bool> Revoke(NpgsqlTransaction transaction, long id) =>
        await transaction.Connection!.ExecuteAsync(
            "update api_keys set revoked_at = now(), updated_at = now() where id = @id and revoked_at is null",
            new { id },
            transaction
        ) == 1;
}
