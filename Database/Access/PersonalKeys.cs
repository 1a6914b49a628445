using Dapper;
using Npgsql;

namespace MPanel.Database.Access;

/// <summary>People's own keys.</summary>
public static class PersonalKeys
{
    /// <summary>Those that are not revoked, the newest first.</summary>
    public static async Task<IReadOnlyList<ApiKeyListRow>> Of(NpgsqlConnection db, long ownerId) =>
        [
            .. await db.QueryAsync<ApiKeyListRow>(
                $"""
                select {ApiKeyList.Columns}, '' as sort_key
                {ApiKeyList.From}
                where k.owner_id = @ownerId and k.revoked_at is null
                order by k.id desc
                limit 100
                """,
                new { ownerId }
            ),
        ];

    /// <summary>Takes a suspended key of its owner's into use again. False when it is another's, or not suspended.</summary>
    public static async Task<bool> Resume(NpgsqlTransaction transaction, long ownerId, long id) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update api_keys set suspended_at = null, updated_at = now()
            where id = @id and owner_id = @ownerId and suspended_at is not null and revoked_at is null
            """,
            new { id, ownerId },
            transaction
        ) == 1;
}
