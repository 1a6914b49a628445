using Microsoft.Extensions.Options;
using MPanel.Database.Servers;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Servers;

/// <summary>What people do to servers: each change with its audit entry in one transaction, for the pages and the API alike.</summary>
public sealed class ServerChanges(NpgsqlDataSource dataSource, IOptions<ProvisioningOptions> options)
{
    /// <returns>Null when another server has the name.</returns>
    public async Task<ServerDetail?> Create(HttpContext context, ServerSettings server)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await EditServer.Create(transaction, server) is not { } id)
            return null;
        var created = await Find(db, id);
        await context.Audit("server.created", $"server {server.Name}", null, Settings(created)).Append(db, transaction);
        await transaction.CommitAsync();
        return created;
    }

    /// <summary>Settings, state, or both; null leaves them. The server in the answer is as it is now; null when there is none.</summary>
    public async Task<(ServerSaved Outcome, ServerDetail? Server)> Save(
        HttpContext context,
        long id,
        int version,
        ServerSettings? settings,
        string? state
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Find(db, id) is not { } before)
            return (ServerSaved.Unknown, null);
        if (before.Version != version)
            return (ServerSaved.Conflict, before);
        if (settings is not null && await EditServer.Save(transaction, id, version, settings) is not ServerSaved.Saved and var refused)
            return (refused, await Find(db, id));
        if (state is not null && state != before.State && !await EditServer.ChangeState(transaction, id, before.State, state))
            return (ServerSaved.Conflict, await Find(db, id));
        var after = await Find(db, id);
        await context.Audit("server.changed", $"server {before.Name}", Settings(before), Settings(after)).Append(db, transaction);
        await transaction.CommitAsync();
        return (ServerSaved.Saved, after);
    }

    /// <summary>False when it is not, or no longer, in the state it is said to leave.</summary>
    public async Task<bool> ChangeState(HttpContext context, ServerDetail server, string from, string to)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (!await EditServer.ChangeState(transaction, server.Id, from, to))
            return false;
        await context
            .Audit("server.state_changed", $"server {server.Name}", AuditJson.Of(new { state = from }), AuditJson.Of(new { state = to }))
            .Append(db, transaction);
        await transaction.CommitAsync();
        return true;
    }

    /// <returns>The enrolment code, which can't be had again and stands nowhere else.</returns>
    public async Task<string?> CreateCode(HttpContext context, ServerDetail server)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Enrolment.CreateCode(db, server.Name) is not { } code)
            return null;
        await context
            .Audit(
                "server.enrolment_code_created",
                $"server {server.Name}",
                null,
                AuditJson.Of(new { validFor = $"{Enrolment.Validity.TotalMinutes:0} minutes" })
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        return code;
    }

    /// <returns>The token as it is now; null when the server has none of that id. Ending an ended one changes nothing.</returns>
    public async Task<AgentToken?> Revoke(HttpContext context, ServerDetail server, long tokenId)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ServerTokens.Revoke(transaction, server.Id, tokenId) is not { } result)
            return null;
        if (result.Revoked)
            await context
                .Audit("server.token_revoked", $"server {server.Name}", AuditJson.Of(new { result.Token.Prefix }))
                .Append(db, transaction);
        await transaction.CommitAsync();
        return result.Token;
    }

    /// <returns>How many tokens were valid and now are not.</returns>
    public async Task<int> RevokeAll(HttpContext context, ServerDetail server)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var revoked = await ServerTokens.RevokeAll(db, server.Name);
        if (revoked > 0)
            await context
                .Audit("server.tokens_revoked", $"server {server.Name}", null, AuditJson.Of(new { revoked }))
                .Append(db, transaction);
        await transaction.CommitAsync();
        return revoked;
    }

    private Task<ServerDetail?> Find(NpgsqlConnection db, long id) => ServerFacts.Of(db, id, options.Value.OfflineAfter);

    private static string Settings(ServerDetail? server) =>
        AuditJson.Of(
            new
            {
                server!.Name,
                server.Role,
                server.Address,
                server.Tags,
                server.WebsiteCapacity,
                server.State,
            }
        );
}
