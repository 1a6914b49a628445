using Dapper;
using Npgsql;

namespace MPanel.Database.Emails;

/// <summary>An entry of "Needs attention": the same again, with the same beginning, is told once.</summary>
public sealed record AlertKey(long AttentionId, string Code, DateTimeOffset Since);

/// <summary>Somebody of the staff.</summary>
/// <param name="Permissions">Codes.</param>
public sealed record AlertReader(long UserId, string[] Permissions);

/// <summary>Of what staff were told.</summary>
public static class StaffAlerts
{
    /// <summary>Whether the staff were written to within that time: what comes now waits, and is told together.</summary>
    public static Task<bool> ToldWithin(NpgsqlConnection db, TimeSpan time) =>
        db.ExecuteScalarAsync<bool>("select exists (select from staff_alerts where told_at > now() - @time)", new { time });

    /// <summary>Marks as told what was not told yet; two that do it at once get different ones.</summary>
    /// <returns>What was new.</returns>
    public static async Task<IReadOnlyList<AlertKey>> Tell(NpgsqlTransaction transaction, IReadOnlyCollection<AlertKey> keys) =>
        (
            await transaction.Connection!.QueryAsync<AlertKey>(
                """
                insert into staff_alerts (attention_id, code, since)
                select * from unnest(@ids, @codes, @since)
                on conflict do nothing
                returning attention_id, code, since
                """,
                new
                {
                    ids = keys.Select(k => k.AttentionId).ToArray(),
                    codes = keys.Select(k => k.Code).ToArray(),
                    since = keys.Select(k => k.Since.UtcDateTime).ToArray(),
                },
                transaction
            )
        ).AsList();

    /// <summary>Everybody who can sign in, with what they may see.</summary>
    public static async Task<IReadOnlyList<AlertReader>> Readers(NpgsqlConnection db) =>
        (
            await db.QueryAsync<AlertReader>(
                """
                select u.id as user_id, array_agg(p.permission_code) as permissions
                from users u join user_permissions p on p.user_id = u.id
                where u.status = 'active' and u.deleted_at is null
                group by u.id order by u.id
                """
            )
        ).AsList();
}
