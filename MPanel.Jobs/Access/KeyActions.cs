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

    private const int MostTries = 5;

    /// <summary>
    /// A service key: it belongs to the installation, whoever made it. A personal key makes personal keys of its owner instead, or what it
    /// makes would outlive what the owner may.
    /// </summary>
    /// <param name="days">Null for a key that does not expire; one that a key makes ends no later than its maker.</param>
    public Task<Outcome<NewKey>> Create(Actor actor, string name, string[] scopes, int? days) =>
        Make(actor, name, scopes, days, personal: actor.Personal);

    /// <summary>A personal key of the person who asks.</summary>
    public async Task<Outcome<NewKey>> CreatePersonal(Actor actor, string name, string[] scopes, int days) =>
        actor.Kind != ActorKind.User || scopes.Any(Scopes.OfPublicApi.ContainsKey)
            ? Refusal.Beyond
            : await Make(actor, name, scopes, days, personal: true);

    /// <param name="oldLives">How long the old key goes on, so that its holder can change over.</param>
    public Task<Outcome<NewKey>> Rotate(Actor actor, long id, TimeSpan oldLives) => Rotate(actor, id, oldLives, ownOnly: false);

    /// <summary>One's own personal key; the old one ends at once. Permissions open no other key here.</summary>
    public Task<Outcome<NewKey>> RotateOwn(Actor actor, long id) => Rotate(actor, id, TimeSpan.Zero, ownOnly: true);

    private async Task<Outcome<NewKey>> Rotate(Actor actor, long id, TimeSpan oldLives, bool ownOnly)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var maker = await Hold(transaction, actor, id);
        if (await ApiKeyList.Lock(transaction, id) is not { } key || (ownOnly && !IsOwner(actor, key)))
            return new Outcome<NewKey>.Missing();
        if (maker is null || !MayRotate(actor, key))
            return Refusal.Beyond;
        if (MayMake(actor, key.Scopes) is { } why)
            return why;
        if (key.Status != KeyState.Active || key.Rotated)
            return Refusal.State("not_active", "It has ended, or was rotated already. Make a new key instead.");
        var text = await ApiKeyList.Rotate(
            transaction,
            id,
            oldLives,
            new KeyOrigin(actor.Name, key.OwnerId, KeyOf(actor)),
            maker.ExpiresAt
        );
        await Audit(
            transaction,
            actor,
            "key.rotated",
            key,
            null,
            new { rotated = key.Prefix, oldEndsIn = $"{oldLives.TotalHours:0} hours" }
        );
        await transaction.CommitAsync();
        return new Outcome<NewKey>.Done(new NewKey(text));
    }

    /// <summary>The key, every key that it made, and what those made.</summary>
    /// <returns>How many ended with it.</returns>
    public Task<Outcome<int>> Revoke(Actor actor, long id) => Revoke(actor, id, ownOnly: false);

    /// <summary>One's own personal key; the permission to manage keys is for those of others.</summary>
    public Task<Outcome<int>> RevokeOwn(Actor actor, long id) => Revoke(actor, id, ownOnly: true);

    /// <summary>Takes a suspended personal key of one's own into use again.</summary>
    public Task<Outcome<Unit>> Resume(Actor actor, long id) =>
        Change<Unit>(
            actor,
            id,
            ownOnly: true,
            async (transaction, key) =>
            {
                if (!await PersonalKeys.Resume(transaction, actor.Id!.Value, id))
                    return Refusal.State("not_suspended", "It is not suspended.");
                await Audit(transaction, actor, "key.resumed", key, null, new { key.Prefix });
                return new Outcome<Unit>.Done(default);
            }
        );

    /// <summary>Somebody looked at a key of the first release and keeps it.</summary>
    public Task<Outcome<Unit>> Keep(Actor actor, long id) =>
        Change<Unit>(
            actor,
            id,
            ownOnly: false,
            async (transaction, key) =>
            {
                if (!await ApiKeyList.Keep(transaction, id))
                    return Refusal.State("not_to_review", "Somebody has looked at it already.");
                await Audit(transaction, actor, "key.reviewed", key, null, new { key.Prefix });
                return new Outcome<Unit>.Done(default);
            }
        );

    private Task<Outcome<int>> Revoke(Actor actor, long id, bool ownOnly) =>
        Change<int>(
            actor,
            id,
            ownOnly,
            async (transaction, key) =>
            {
                if (key.Status == KeyState.Revoked)
                    return Refusal.State("revoked", "It was revoked already.");
                var madeByIt = await ApiKeys.Revoke(transaction, [id]) - 1;
                await Audit(
                    transaction,
                    actor,
                    "key.revoked",
                    key,
                    new { key.Prefix, key.Status },
                    new { status = KeyState.Revoked, madeByIt }
                );
                return new Outcome<int>.Done(madeByIt);
            }
        );

    private async Task<Outcome<NewKey>> Make(Actor actor, string name, string[] scopes, int? days, bool personal)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (MayMake(actor, scopes) is { } why)
            return why;
        if (await Hold(transaction, actor) is not { } maker)
            return Refusal.Beyond;
        var expiresAt = Earlier(days is { } count ? time.GetUtcNow().AddDays(count) : null, maker.ExpiresAt);
        var origin = new KeyOrigin(actor.Name, personal ? maker.UserId : null, KeyOf(actor));
        var text = await ApiKeys.Create(db, name, scopes, expiresAt, origin, transaction);
        var kind = personal ? "personal" : "service";
        var after = AuditJson.Of(
            new
            {
                kind,
                scopes,
                expiresAt,
            }
        );
        await actor.Audit("key.created", $"key {name}", null, after).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<NewKey>.Done(new NewKey(text));
    }

    /// <returns>Why not, or null.</returns>
    private static Refusal? MayMake(Actor actor, IEnumerable<string> scopes) =>
        Scopes.Lacks(actor, Scopes.KeysCreate) ?? (Scopes.MayGive(actor, scopes) ? null : Refusal.Beyond);

    /// <summary>
    /// A personal key is its owner's alone, or whoever manages keys could act in somebody else's name. A service key is theirs who manage
    /// keys, but not in the name of a person: its new secret would outlive what the person may.
    /// </summary>
    private static bool MayRotate(Actor actor, ApiKeyListRow key) =>
        key.OwnerId is not null
            ? IsOwner(actor, key) || KeyOf(actor) == key.Id
            : !actor.Personal && actor.Authority.Covers([Permissions.SecurityManage], superAdmin: false);

    /// <summary>Nobody shuts out who asks before the transaction ends, and nobody changes the key that is to be rotated.</summary>
    /// <returns>Null when they are shut out already.</returns>
    private static Task<KeyMaker?> Hold(NpgsqlTransaction transaction, Actor actor, long? rotated = null) =>
        actor.Kind switch
        {
            ActorKind.Key => KeyMakers.HoldKey(transaction, actor.Id!.Value, rotated),
            ActorKind.User => KeyMakers.HoldUser(transaction, actor.Id!.Value, actor.SessionId),
            _ => Task.FromResult<KeyMaker?>(null),
        };

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one < other || other is null ? one : other;

    /// <param name="ownOnly">Somebody else's key is as good as none.</param>
    private async Task<Outcome<T>> Change<T>(
        Actor actor,
        long id,
        bool ownOnly,
        Func<NpgsqlTransaction, ApiKeyListRow, Task<Outcome<T>>> change
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        for (var tries = 1; ; tries++)
            try
            {
                return await Change(db, actor, id, ownOnly, change);
            }
            // Two revoked at once may have descendants in common. One of them gives way, and finds the other's work done.
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected && tries < MostTries) { }
    }

    private static async Task<Outcome<T>> Change<T>(
        NpgsqlConnection db,
        Actor actor,
        long id,
        bool ownOnly,
        Func<NpgsqlTransaction, ApiKeyListRow, Task<Outcome<T>>> change
    )
    {
        await using var transaction = await db.BeginTransactionAsync();
        if (await ApiKeyList.Lock(transaction, id) is not { } key || (ownOnly && !IsOwner(actor, key)))
            return new Outcome<T>.Missing();
        var outcome = await change(transaction, key);
        if (outcome is Outcome<T>.Done)
            await transaction.CommitAsync();
        return outcome;
    }

    private static bool IsOwner(Actor actor, ApiKeyListRow key) => actor.Kind == ActorKind.User && actor.Id == key.OwnerId;

    private static long? KeyOf(Actor actor) => actor.Kind == ActorKind.Key ? actor.Id : null;

    private static Task Audit(
        NpgsqlTransaction transaction,
        Actor actor,
        string action,
        ApiKeyListRow key,
        object? before,
        object? after
    ) =>
        actor
            .Audit(
                action,
                key.Owner is null ? $"key {key.Name}" : $"key {key.Name} ({key.Owner})",
                AuditJson.Of(before),
                AuditJson.Of(after)
            )
            .Append(transaction.Connection!, transaction);
}
