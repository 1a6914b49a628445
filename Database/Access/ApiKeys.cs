using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <param name="Name">As the audit log names it; of a personal key with its owner.</param>
/// <param name="Scopes">What it may now: of a personal key those that its owner may, too.</param>
/// <param name="Valid">Neither revoked nor expired nor suspended, and its owner may sign in.</param>
/// <param name="TouchedRecently">Its last use was written less than a minute ago.</param>
public sealed record ApiKeyRow(long Id, string Name, byte[] SecretHash, string[] Scopes, bool Personal, bool Valid, bool TouchedRecently);

/// <summary>Where a key comes from.</summary>
/// <param name="CreatedBy">Who made it, as the audit log names them.</param>
/// <param name="OwnerId">The user whose personal key it is; null for a service key.</param>
/// <param name="MadeByKeyId">The key that made it; null where a person did.</param>
public sealed record KeyOrigin(string CreatedBy, long? OwnerId = null, long? MadeByKeyId = null)
{
    public static readonly KeyOrigin CommandLine = new("command line");
}

public static class ApiKeys
{
    public static Task<ApiKeyRow?> Find(NpgsqlConnection db, string prefix) =>
        db.QuerySingleOrDefaultAsync<ApiKeyRow>(
            """
            select k.id, case when k.owner_id is null then k.name else k.name || ' (' || u.email || ')' end as name, k.secret_hash,
                   case when k.owner_id is null then k.scopes else array(
                       select s from unnest(k.scopes) s
                       where strpos(s, ':') > 0
                          or exists (select from user_permissions p where p.user_id = k.owner_id and p.permission_code = s)
                   ) end as scopes,
                   k.owner_id is not null as personal,
                   k.revoked_at is null and k.suspended_at is null and (k.expires_at is null or k.expires_at > now())
                       and (k.owner_id is null or may_act(u)) as valid,
                   coalesce(k.last_used_at > now() - interval '1 minute', false) as touched_recently
            from api_keys k left join users u on u.id = k.owner_id
            where k.prefix = @prefix
            """,
            new { prefix }
        );

    /// <summary>Writes the last use, at most once a minute per key: not one write per request.</summary>
    public static Task Touch(NpgsqlConnection db, long id) =>
        db.ExecuteAsync(
            """
            with unhurried as (select set_config('synchronous_commit', 'off', true))
            update api_keys set last_used_at = now() from unhurried
            where id = @id and (last_used_at is null or last_used_at < now() - interval '1 minute')
            """,
            new { id }
        );

    /// <returns>The key's text, which can't be had again.</returns>
    public static async Task<string> Create(
        NpgsqlConnection db,
        string name,
        string[] scopes,
        DateTimeOffset? expiresAt,
        KeyOrigin? origin = null,
        NpgsqlTransaction? transaction = null
    )
    {
        var (stored, text) = BearerSecret.Create("mpk");
        origin ??= KeyOrigin.CommandLine;
        await db.ExecuteAsync(
            """
            insert into api_keys (name, prefix, secret_hash, scopes, expires_at, created_by, kind, owner_id, made_by_key_id)
            values (@name, @Prefix, @Hash, @scopes, @expiresAt, @CreatedBy,
                    case when @OwnerId::bigint is null then 'service' else 'personal' end, @OwnerId, @MadeByKeyId)
            """,
            new
            {
                name,
                stored.Prefix,
                stored.Hash,
                scopes,
                expiresAt,
                origin.CreatedBy,
                origin.OwnerId,
                origin.MadeByKeyId,
            },
            transaction
        );
        return text;
    }

    /// <summary>
    /// Revokes keys, and all that they made. What replaced a key that a person rotated stands; what replaced one of the made ones does not.
    /// What a key made before it was rotated belongs to its successor, too; the key itself goes on for as long as it was let.
    /// </summary>
    /// <returns>How many were not revoked before.</returns>
    public static async Task<int> Revoke(NpgsqlTransaction transaction, long[] ids)
    {
        var revoked = 0;
        int now;
        // A key that made another meanwhile held itself back from being revoked: what it made is there for the next look.
        do revoked += now = await transaction.Connection!.ExecuteAsync(
            """
            with recursive doomed (id, successor_id, ends) as (
                select id, null::bigint, true from api_keys where id = any(@ids)
                union
                select k.id, case when k.successor_id = d.id then null else k.successor_id end, k.successor_id is distinct from d.id
                from api_keys k join doomed d on k.made_by_key_id = d.id or k.id = d.successor_id or k.successor_id = d.id
            )
            update api_keys k set revoked_at = now(), to_review = false, updated_at = now()
            from doomed where k.id = doomed.id and doomed.ends and k.revoked_at is null
            """,
            new { ids },
            transaction
        );
        while (now > 0);
        return revoked;
    }

    /// <returns>Keys of that name that are not revoked; nobody else changes them until the transaction ends.</returns>
    public static async Task<long[]> Named(NpgsqlTransaction transaction, string name) =>
        [
            .. await transaction.Connection!.QueryAsync<long>(
                "select id from api_keys where name = @name and revoked_at is null order by id for no key update",
                new { name },
                transaction
            ),
        ];
}
