using Microsoft.Extensions.Options;
using MPanel.Database.Servers;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Servers;

/// <param name="Server">Name of the server whose agent it enrols.</param>
/// <param name="Code">Can't be had again, and stands nowhere else.</param>
public sealed record EnrolmentCode(string Server, string Code);

/// <param name="Tasks">How many there are more.</param>
public sealed record RebuiltServer(string Server, int Tasks);

/// <summary>What people do to servers: each action one transaction, with its audit entry in it.</summary>
public sealed class ServerActions(NpgsqlDataSource dataSource, TaskAnnouncements announcements, IOptions<ProvisioningOptions> options)
{
    /// <summary>Code of the refusal to change the role of a server with websites.</summary>
    public const string InUse = "server_in_use";

    public async Task<Outcome<ServerDetail>> Create(Actor actor, ServerSettings server)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await EditServer.Create(transaction, server) is not { } id)
            return NameTaken(server.Name);
        var created = await Find(db, id);
        await actor.Audit("server.created", $"server {server.Name}", null, Settings(created)).Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<ServerDetail>.Done(created!);
    }

    /// <summary>Settings, state, or both; null leaves them.</summary>
    /// <param name="version">The version that the edit began from.</param>
    public async Task<Outcome<ServerDetail>> Save(Actor actor, long id, int version, ServerSettings? settings, string? state)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Find(db, id) is not { } before)
            return new Outcome<ServerDetail>.Missing();
        if (before.State == ServerState.Retired)
            return RetirementActions.HasLeft(before.Name);
        if (before.Version != version)
            return new Outcome<ServerDetail>.Conflict(before);
        if (settings is not null)
            switch (await EditServer.Save(transaction, id, version, settings))
            {
                case ServerSaved.Unknown:
                    return new Outcome<ServerDetail>.Missing();
                case ServerSaved.Retired:
                    return RetirementActions.HasLeft(before.Name);
                case ServerSaved.Conflict:
                    return await Conflict(db, id);
                case ServerSaved.NameTaken:
                    return NameTaken(settings.Name);
                case ServerSaved.InUse:
                    return Refusal.State(InUse, "Websites are on it: it can't lose a role.");
            }
        if (state is not null && state != before.State && !await EditServer.ChangeState(transaction, id, before.State, state))
            return await Conflict(db, id);
        var after = await Find(db, id);
        await actor.Audit("server.changed", $"server {before.Name}", Settings(before), Settings(after)).Append(db, transaction);
        await transaction.CommitAsync();
        if (after!.State != before.State)
            await announcements.Send(db, [id]);
        return new Outcome<ServerDetail>.Done(after);
    }

    /// <summary>A conflict when it is not, or no longer, in the state it is said to leave.</summary>
    public async Task<Outcome<ServerDetail>> ChangeState(Actor actor, long id, string from, string to)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Find(db, id) is not { } server)
            return new Outcome<ServerDetail>.Missing();
        if (server.State == ServerState.Retired)
            return RetirementActions.HasLeft(server.Name);
        if (!await EditServer.ChangeState(transaction, id, from, to))
            return await Conflict(db, id);
        await actor
            .Audit("server.state_changed", $"server {server.Name}", AuditJson.Of(new { state = from }), AuditJson.Of(new { state = to }))
            .Append(db, transaction);
        var after = await Find(db, id);
        await transaction.CommitAsync();
        await announcements.Send(db, [id]);
        return new Outcome<ServerDetail>.Done(after!);
    }

    /// <summary>Its agent looks at what stands there, when it has heard of it with its next heartbeat.</summary>
    /// <returns>The server's name.</returns>
    public async Task<Outcome<string>> LookNow(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ServerInventory.Ask(transaction, id) is not { } name)
            return new Outcome<string>.Missing();
        await actor.Audit("server.look_asked", $"server {name}").Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<string>.Done(name);
    }

    /// <summary>Everything that shall stand on the server is brought about again, whatever stands there.</summary>
    public async Task<Outcome<RebuiltServer>> Rebuild(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Find(db, id) is not { } server)
            return new Outcome<RebuiltServer>.Missing();
        if (server.State == ServerState.Retired)
            return RetirementActions.HasLeft(server.Name);
        var tasks = await ServerInventory.Rebuild(transaction, id, actor.CorrelationId);
        var name = server.Settings.Name;
        await actor.Audit("server.rebuilt", $"server {name}", null, AuditJson.Of(new { tasks })).Append(db, transaction);
        await transaction.CommitAsync();
        if (tasks > 0)
            await announcements.Send(db, [id]);
        return new Outcome<RebuiltServer>.Done(new RebuiltServer(name, tasks));
    }

    /// <param name="endsOthers">The tokens that the server has end when its agent enrols with the code.</param>
    public async Task<Outcome<EnrolmentCode>> CreateCode(Actor actor, long id, bool endsOthers)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Find(db, id) is not { } server)
            return new Outcome<EnrolmentCode>.Missing();
        if (actor.Personal && Scopes.Lacks(actor, Scopes.ServersEnrol) is { } lacks)
            return lacks;
        if (server.State == ServerState.Retired)
            return RetirementActions.HasLeft(server.Name);
        if (await Enrolment.CreateCode(db, server.Name, endsOthers) is not { } code)
            return new Outcome<EnrolmentCode>.Missing();
        await actor
            .Audit(
                "server.enrolment_code_created",
                $"server {server.Name}",
                null,
                AuditJson.Of(new { validFor = $"{Enrolment.Validity.TotalMinutes:0} minutes", endsOthers })
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<EnrolmentCode>.Done(new EnrolmentCode(server.Name, code));
    }

    /// <summary>Gives the token as it is now. Ending an ended one changes nothing; missing when the server has none of that id.</summary>
    public async Task<Outcome<AgentToken>> Revoke(Actor actor, long id, long tokenId)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Find(db, id) is not { } server || await ServerTokens.Revoke(transaction, id, tokenId) is not { } result)
            return new Outcome<AgentToken>.Missing();
        if (result.Revoked)
            await actor
                .Audit("server.token_revoked", $"server {server.Name}", AuditJson.Of(new { result.Token.Prefix }))
                .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<AgentToken>.Done(result.Token);
    }

    /// <summary>Gives how many tokens were valid and now are not.</summary>
    public async Task<Outcome<int>> RevokeAll(Actor actor, long id)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Find(db, id) is not { } server)
            return new Outcome<int>.Missing();
        var revoked = await ServerTokens.RevokeAll(db, server.Name);
        if (revoked > 0)
            await actor
                .Audit("server.tokens_revoked", $"server {server.Name}", null, AuditJson.Of(new { revoked }))
                .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<int>.Done(revoked);
    }

    private Task<ServerDetail?> Find(NpgsqlConnection db, long id) => ServerFacts.Of(db, id, options.Value.OfflineAfter);

    private async Task<Outcome<ServerDetail>> Conflict(NpgsqlConnection db, long id) =>
        new Outcome<ServerDetail>.Conflict((await Find(db, id))!);

    private static Refusal NameTaken(string name) => Refusal.State("name_taken", $"There is a server named {name} already.");

    private static string Settings(ServerDetail? server) =>
        AuditJson.Of(
            new
            {
                server!.Settings.Name,
                server.Settings.Roles,
                server.Settings.Address,
                server.Settings.Tags,
                server.Settings.WebsiteCapacity,
                server.State,
            }
        );
}
