using MPanel.Database.Access;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Access;

/// <param name="Text">The key itself, shown once: it can't be had again.</param>
public sealed record NewKey(string Text);

/// <summary>
/// What people do to API keys: each action one transaction, with its audit entry in it, within the authority of whoever asks.
/// </summary>
public sealed class KeyActions(NpgsqlDataSource dataSource, TimeProvider time)
{
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

    /// <param name="days">Null for a key that does not expire.</param>
    public async Task<Outcome<NewKey>> Create(Actor actor, string name, string[] scopes, int? days)
    {
        if (!Scopes.MayGive(actor, scopes))
            return Refusal.Beyond;
        DateTimeOffset? expiresAt = days is { } count ? time.GetUtcNow().AddDays(count) : null;
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var text = await ApiKeys.Create(db, name, scopes, expiresAt, actor.Name, transaction);
        await actor.Audit("key.created", $"key {name}", null, AuditJson.Of(new { scopes, expiresAt })).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<NewKey>.Done(new NewKey(text));
    }

    /// <param name="oldLives">How long the old key goes on, so that its holder can change over.</param>
    public async Task<Outcome<NewKey>> Rotate(Actor actor, long id, TimeSpan oldLives)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ApiKeyList.Lock(transaction, id) is not { } key)
            return new Outcome<NewKey>.Missing();
        if (!Scopes.MayGive(actor, key.Scopes))
            return Refusal.Beyond;
        if (key.Status != "active" || key.Rotated)
            return Refusal.State("not_active", "It has ended, or was rotated already. Make a new key instead.");
        var text = await ApiKeyList.Rotate(transaction, id, oldLives, actor.Name);
        var after = AuditJson.Of(new { rotated = key.Prefix, oldEndsIn = $"{oldLives.TotalHours:0} hours" });
        await actor.Audit("key.rotated", $"key {key.Name}", null, after).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<NewKey>.Done(new NewKey(text));
    }

    public async Task<Outcome<Unit>> Revoke(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ApiKeyList.Lock(transaction, id) is not { } key)
            return new Outcome<Unit>.Missing();
        if (!await ApiKeyList.Revoke(transaction, id))
            return Refusal.State("revoked", "It was revoked already.");
        var before = AuditJson.Of(new { key.Prefix, key.Status });
        await actor.Audit("key.revoked", $"key {key.Name}", before, AuditJson.Of(new { status = "revoked" })).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<Unit>.Done(default);
    }
}
