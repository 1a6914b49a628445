using MPanel.Database.Access;
using Npgsql;

namespace MPanel.Web.Security;

/// <summary>Changing roles, for the pages and the API alike, within the authority of whoever asks.</summary>
public sealed class RoleAdministration(NpgsqlDataSource dataSource, AccessDenials denials)
{
    public async Task<(long? Id, Refusal? Refusal)> Create(HttpContext context, string code, RoleContent role)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (!Authority.Of(context.User).Covers(role.Permissions, superAdmin: false))
            return (null, await Beyond(context));
        await using var transaction = await db.BeginTransactionAsync();
        if (await Roles.Create(transaction, code, role) is not { } id)
            return (null, new Refusal(409, "code_taken", "There is a role of that name already."));
        await context.Audit("role.created", $"role {code}", null, AuditJson.Of(role)).Append(db, transaction);
        await transaction.CommitAsync();
        return (id, null);
    }

    /// <summary>Of super_admin only two-factor login can be changed: it may do everything, whatever it is told.</summary>
    public async Task<Refusal?> Change(HttpContext context, long id, int version, RoleContent role)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Roles.Lock(transaction, id) is not { } before)
            return Refusal.NotFound with { Text = "There is no such role." };
        if (!Authority.Of(context.User).Covers(before.Permissions.Union(role.Permissions), before.IsSuperAdmin))
            return await Beyond(context);
        if (before.IsSuperAdmin)
            role = new RoleContent(before.Name, before.Description, role.RequiresTwoFactor, before.Permissions);
        if (!await Roles.Change(transaction, id, version, role))
            return Refusal.Conflict;
        var was = new RoleContent(before.Name, before.Description, before.RequiresTwoFactor, before.Permissions);
        await context.Audit("role.changed", $"role {before.Code}", AuditJson.Of(was), AuditJson.Of(role)).Append(db, transaction);
        await transaction.CommitAsync();
        return null;
    }

    private async Task<Refusal> Beyond(HttpContext context)
    {
        await denials.Record(context, "beyond_permissions");
        return Refusal.Beyond;
    }
}
