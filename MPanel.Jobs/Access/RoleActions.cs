using MPanel.Database.Access;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Access;

/// <summary>
/// What people do to roles: each action one transaction, with its audit entry in it, within the authority of whoever asks.
/// </summary>
public sealed class RoleActions(NpgsqlDataSource dataSource)
{
    /// <param name="role">Its name has letters or digits: <see cref="UserRules.RoleCode"/> makes its code.</param>
    public async Task<Outcome<RoleRow>> Create(Actor actor, RoleContent role)
    {
        if (Scopes.Lacks(actor, Scopes.RolesCreate) is { } lacks)
            return lacks;
        if (!actor.Authority.Covers(role.Permissions, superAdmin: false))
            return Refusal.Beyond;
        var code = UserRules.RoleCode(role.Name)!;
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Roles.Create(transaction, code, role) is not { } id)
            return Refusal.State("code_taken", "There is a role of that name already.");
        await actor.Audit("role.created", $"role {code}", null, AuditJson.Of(role)).Append(db, transaction);
        var created = await Roles.Find(db, id);
        await transaction.CommitAsync();
        return new Outcome<RoleRow>.Done(created!);
    }

    /// <summary>Of super_admin nothing changes: it may do everything, whatever it is told. Admins always need two-factor login.</summary>
    /// <param name="version">The version that the edit began from.</param>
    public async Task<Outcome<RoleRow>> Edit(Actor actor, long id, int version, RoleContent role)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Roles.Lock(transaction, id) is not { } before)
            return new Outcome<RoleRow>.Missing();
        if (Scopes.Lacks(actor, Scopes.RolesCreate) is { } lacks)
            return lacks;
        if (!actor.Authority.Covers(before.Permissions.Union(role.Permissions), before.IsSuperAdmin))
            return Refusal.Beyond;
        if (before.IsSuperAdmin)
            role = new RoleContent(before.Name, before.Description, RequiresTwoFactor: true, before.Permissions);
        else if (before.AlwaysNeedsTwoFactor)
            role = role with { RequiresTwoFactor = true };
        if (!await Roles.Change(transaction, id, version, role))
            return new Outcome<RoleRow>.Conflict(before);
        var was = new RoleContent(before.Name, before.Description, before.RequiresTwoFactor, before.Permissions);
        await actor.Audit("role.changed", $"role {before.Code}", AuditJson.Of(was), AuditJson.Of(role)).Append(db, transaction);
        var after = await Roles.Find(db, id);
        await transaction.CommitAsync();
        return new Outcome<RoleRow>.Done(after!);
    }
}
