using System.Globalization;
using System.Security.Claims;
using MPanel.Database.Access;
using MPanel.Web.Security.Identity;
using Npgsql;

namespace MPanel.Web.Security;

/// <param name="Link">Path and query of the one-time link on the pages' port. Shown once.</param>
public sealed record Invited(long Id, string Link);

/// <summary>
/// Changing users, for the pages and the API alike: each change in one transaction with its audit entry, within the authority of
/// whoever asks.
/// </summary>
public sealed class UserAdministration(NpgsqlDataSource dataSource, AccessDenials denials)
{
    public async Task<(Invited? Invited, Refusal? Refusal)> Invite(HttpContext context, string email, string displayName, string[] roles)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await Database.Access.Roles.Grants(transaction, roles) is not { } grants)
            return (null, UnknownRole);
        if (!Authority.Of(context.User).Covers(grants, roles.Contains("super_admin")))
            return (null, await Beyond(context));
        if (await UserChanges.Invite(transaction, email, displayName, NewPassword.Stamp()) is not { } id)
            return (null, new Refusal(409, "email_taken", "There is a user with that e-mail address, perhaps a deleted one."));
        await UserChanges.SetRoles(transaction, id, roles);
        var token = await Invitations.Create(transaction, id, context.Actor().Name);
        await Audit(transaction, context, "user.invited", email, null, new { displayName, roles });
        await transaction.CommitAsync();
        return (new Invited(id, Link(token!)), null);
    }

    /// <summary>A new link; the one before works no more.</summary>
    public async Task<(Invited? Invited, Refusal? Refusal)> InviteAgain(HttpContext context, long id)
    {
        string? token = null;
        var refusal = await Change(
            context,
            id,
            async (transaction, user) =>
            {
                token = await Invitations.Create(transaction, id, context.Actor().Name);
                if (token is null)
                    return new Refusal(409, "not_invited", "They have accepted their invitation already.");
                await Audit(transaction, context, "user.invited_again", user.Email, null, null);
                return null;
            }
        );
        return refusal is null ? (new Invited(id, Link(token!)), null) : (null, refusal);
    }

    public Task<Refusal?> Edit(HttpContext context, long id, int version, string displayName, string[] roles) =>
        Change(
            context,
            id,
            async (transaction, user) =>
            {
                if (await Database.Access.Roles.Grants(transaction, [.. roles.Except(user.Roles)]) is not { } grants)
                    return UnknownRole;
                if (!Authority.Of(context.User).Covers(grants, roles.Contains("super_admin") && !user.IsSuperAdmin))
                    return await Beyond(context);
                if (!await UserChanges.Rename(transaction, id, version, displayName))
                    return Refusal.Conflict;
                await UserChanges.SetRoles(transaction, id, roles);
                await Audit(
                    transaction,
                    context,
                    "user.changed",
                    user.Email,
                    new { user.DisplayName, user.Roles },
                    new { displayName, roles }
                );
                return null;
            }
        );

    public Task<Refusal?> Disable(HttpContext context, long id, bool delete) =>
        Change(
            context,
            id,
            async (transaction, user) =>
            {
                if (IsSelf(context, id))
                    return Refusal.Yourself;
                if (!await UserChanges.Disable(transaction, id, delete))
                    return new Refusal(409, "not_active", "They can't sign in as it is.");
                var after = delete ? "deleted" : "disabled";
                await Audit(transaction, context, $"user.{after}", user.Email, new { user.Status }, new { status = after });
                return null;
            }
        );

    public Task<Refusal?> Enable(HttpContext context, long id) =>
        Change(
            context,
            id,
            async (transaction, user) =>
            {
                if (!await UserChanges.Enable(transaction, id))
                    return new Refusal(409, "not_disabled", "They are not disabled.");
                var after = user.HasPassword ? "active" : "invited";
                await Audit(transaction, context, "user.enabled", user.Email, new { user.Status }, new { status = after });
                return null;
            }
        );

    public Task<Refusal?> ResetTwoFactor(HttpContext context, long id) =>
        Change(
            context,
            id,
            async (transaction, user) =>
            {
                if (!await Database.Access.TwoFactor.Disable(transaction, id))
                    return new Refusal(409, "no_two_factor", "They have not set up two-factor login.");
                await Sessions.EndAll(transaction, id);
                await Audit(transaction, context, "user.two_factor_reset", user.Email, new { twoFactor = true }, new { twoFactor = false });
                return null;
            }
        );

    public Task<Refusal?> EndSessions(HttpContext context, long id) =>
        Change(
            context,
            id,
            async (transaction, user) =>
            {
                var ended = await Sessions.EndAll(transaction, id);
                await UserChanges.Unlock(transaction, id);
                await Audit(transaction, context, "user.sessions_ended", user.Email, null, new { ended });
                return null;
            }
        );

    private async Task<Refusal?> Change(HttpContext context, long id, Func<NpgsqlTransaction, UserDetail, Task<Refusal?>> change)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await UserFacts.Lock(transaction, id) is not { } user)
            return Refusal.NotFound;
        if (!Authority.Of(context.User).Covers(user.Permissions, user.IsSuperAdmin))
            return await Beyond(context);
        try
        {
            if (await change(transaction, user) is { } refusal)
                return refusal;
            await transaction.CommitAsync();
            return null;
        }
        catch (PostgresException e) when (e.ConstraintName == UserChanges.LastSuperAdmin)
        {
            return Refusal.LastSuperAdmin;
        }
    }

    private async Task<Refusal> Beyond(HttpContext context)
    {
        await denials.Record(context, "beyond_permissions");
        return Refusal.Beyond;
    }

    private static Refusal UnknownRole => new(409, "unknown_role", "One of the roles does not exist any more.");

    private static bool IsSelf(HttpContext context, long id) =>
        context.Actor().Kind == "user"
        && context.User.FindFirstValue(ClaimTypes.NameIdentifier) == id.ToString(CultureInfo.InvariantCulture);

    private static string Link(string token) => $"/invitation?token={token}";

    private static Task Audit(
        NpgsqlTransaction transaction,
        HttpContext context,
        string action,
        string email,
        object? before,
        object? after
    ) => context.Audit(action, $"user {email}", AuditJson.Of(before), AuditJson.Of(after)).Append(transaction.Connection!, transaction);
}
