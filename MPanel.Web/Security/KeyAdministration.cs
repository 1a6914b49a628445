using MPanel.Database.Access;
using Npgsql;

namespace MPanel.Web.Security;

/// <summary>Making, rotating and revoking API keys, for the pages and the API alike.</summary>
public sealed class KeyAdministration(NpgsqlDataSource dataSource, AccessDenials denials, TimeProvider time)
{
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

    /// <param name="days">Null for a key that does not expire.</param>
    /// <returns>The key's text, shown once.</returns>
    public async Task<(string? Key, Refusal? Refusal)> Create(HttpContext context, string name, string[] scopes, int? days)
    {
        if (!Scopes.MayGive(context, scopes))
            return (null, await Beyond(context));
        DateTimeOffset? expiresAt = days is { } count ? time.GetUtcNow().AddDays(count) : null;
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var key = await ApiKeys.Create(db, name, scopes, expiresAt, context.Actor().Name, transaction);
        await context.Audit("key.created", $"key {name}", null, AuditJson.Of(new { scopes, expiresAt })).Append(db, transaction);
        await transaction.CommitAsync();
        return (key, null);
    }

    /// <param name="oldLives">How long the old key goes on, so that its holder can change over.</param>
    public async Task<(string? Key, Refusal? Refusal)> Rotate(HttpContext context, long id, TimeSpan oldLives)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ApiKeyList.Lock(transaction, id) is not { } key)
            return (null, NoSuchKey);
        if (!Scopes.MayGive(context, key.Scopes))
            return (null, await Beyond(context));
        if (key.Status != "active" || key.Rotated)
            return (null, new Refusal(409, "not_active", "It has ended, or was rotated already. Make a new key instead."));
        var text = await ApiKeyList.Rotate(transaction, id, oldLives, context.Actor().Name);
        var after = AuditJson.Of(new { rotated = key.Prefix, oldEndsIn = $"{oldLives.TotalHours:0} hours" });
        await context.Audit("key.rotated", $"key {key.Name}", null, after).Append(db, transaction);
        await transaction.CommitAsync();
        return (text, null);
    }

    public async Task<Refusal?> Revoke(HttpContext context, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ApiKeyList.Lock(transaction, id) is not { } key)
            return NoSuchKey;
        if (!await ApiKeyList.Revoke(transaction, id))
            return new Refusal(409, "revoked", "It was revoked already.");
        var before = AuditJson.Of(new { key.Prefix, key.Status });
        await context.Audit("key.revoked", $"key {key.Name}", before, """{"status":"revoked"}""").Append(db, transaction);
        await transaction.CommitAsync();
        return null;
    }

    private static Refusal NoSuchKey => Refusal.NotFound with { Text = "There is no such key." };

    private async Task<Refusal> Beyond(HttpContext context)
    {
        await denials.Record(context, "beyond_permissions");
        return Refusal.Beyond;
    }
}
