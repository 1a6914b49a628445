using MPanel.Database.Access;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Access;

/// <param name="Token">The secret part of the one-time link; it can't be had again.</param>
public sealed record NewInvitation(long UserId, string Token);

/// <summary>
/// What people do to users: each action one transaction, with its audit entry in it, within the authority of whoever asks.
/// </summary>
public sealed class UserActions(NpgsqlDataSource dataSource, InvitationMails mails)
{
    /// <summary>Codes of refusals that pages put beside a field.</summary>
    public const string EmailTaken = "email_taken";

    private static readonly Refusal UnknownRole = Refusal.State("unknown_role", "One of the roles does not exist any more.");

    private static readonly Refusal LastSuperAdmin = Refusal.State(
        "last_super_admin",
        "This is the last active super admin. Make somebody else one first."
    );

    private static readonly Refusal Yourself = Refusal.State("yourself", "You can't do that to your own account.");

    /// <param name="roles">Codes.</param>
    public async Task<Outcome<NewInvitation>> Invite(Actor actor, string email, string displayName, string[] roles)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (Scopes.Lacks(actor, Scopes.UsersCreate) is { } lacks)
            return lacks;
        if (await Roles.Grants(transaction, roles) is not { } grants)
            return UnknownRole;
        if (!actor.Authority.Covers(grants, roles.Contains(Roles.SuperAdmin)))
            return Refusal.Beyond;
        if (await UserChanges.Invite(transaction, email, displayName, SecurityStamp.New()) is not { } id)
            return Refusal.State(EmailTaken, "There is a user with that e-mail address, perhaps a deleted one.");
        await UserChanges.SetRoles(transaction, id, roles);
        var token = await Invitations.Create(transaction, id, actor.Name);
        await mails.Queue(transaction, actor, id, email, token!);
        await Audit(transaction, actor, "user.invited", email, null, new { displayName, roles });
        await transaction.CommitAsync();
        return new Outcome<NewInvitation>.Done(new NewInvitation(id, token!));
    }

    /// <summary>A new link; the one before works no more.</summary>
    public Task<Outcome<NewInvitation>> InviteAgain(Actor actor, long id) =>
        Change<NewInvitation>(
            actor,
            id,
            async (transaction, user) =>
            {
                if (Scopes.Lacks(actor, Scopes.UsersCreate) is { } lacks)
                    return lacks;
                if (await Invitations.Create(transaction, id, actor.Name) is not { } token)
                    return Refusal.State("not_invited", "They have accepted their invitation already.");
                await mails.Queue(transaction, actor, id, user.Email, token);
                await Audit(transaction, actor, "user.invited_again", user.Email, null, null);
                return new Outcome<NewInvitation>.Done(new NewInvitation(id, token));
            }
        );

    /// <param name="version">The version that the edit began from.</param>
    /// <param name="roles">Codes, all of them.</param>
    public Task<Outcome<UserDetail>> Edit(Actor actor, long id, int version, string displayName, string[] roles) =>
        Change<UserDetail>(
            actor,
            id,
            async (transaction, user) =>
            {
                if (!roles.ToHashSet().SetEquals(user.Roles) && Scopes.Lacks(actor, Scopes.UsersCreate) is { } lacks)
                    return lacks;
                if (await Roles.Grants(transaction, [.. roles.Except(user.Roles)]) is not { } grants)
                    return UnknownRole;
                if (!actor.Authority.Covers(grants, roles.Contains(Roles.SuperAdmin) && !user.IsSuperAdmin))
                    return Refusal.Beyond;
                if (!await UserChanges.Rename(transaction, id, version, displayName))
                    return new Outcome<UserDetail>.Conflict(user);
                await UserChanges.SetRoles(transaction, id, roles);
                await Audit(
                    transaction,
                    actor,
                    "user.changed",
                    user.Email,
                    new { user.DisplayName, user.Roles },
                    new { displayName, roles }
                );
                return await Now(transaction, id);
            }
        );

    /// <param name="delete">Gone from the lists, too.</param>
    public Task<Outcome<UserDetail>> Disable(Actor actor, long id, bool delete) =>
        Change<UserDetail>(
            actor,
            id,
            async (transaction, user) =>
            {
                if (actor.Kind == ActorKind.User && actor.Id == id)
                    return Yourself;
                if (!await UserChanges.Disable(transaction, id, delete))
                    return Refusal.State("not_active", "They can't sign in as it is.");
                var after = delete ? UserState.Deleted : UserState.Disabled;
                await Audit(transaction, actor, $"user.{after}", user.Email, new { user.Status }, new { status = after });
                return await Now(transaction, id);
            }
        );

    public Task<Outcome<UserDetail>> Enable(Actor actor, long id) =>
        Change<UserDetail>(
            actor,
            id,
            async (transaction, user) =>
            {
                if (Scopes.Lacks(actor, Scopes.UsersCreate) is { } lacks)
                    return lacks;
                if (!await UserChanges.Enable(transaction, id))
                    return Refusal.State("not_disabled", "They are not disabled.");
                var after = user.SignIn.HasPassword ? UserState.Active : UserState.Invited;
                await Audit(transaction, actor, "user.enabled", user.Email, new { user.Status }, new { status = after });
                return await Now(transaction, id);
            }
        );

    public Task<Outcome<UserDetail>> ResetTwoFactor(Actor actor, long id) =>
        Change<UserDetail>(
            actor,
            id,
            async (transaction, user) =>
            {
                if (!await TwoFactor.Disable(transaction, id))
                    return Refusal.State("no_two_factor", "They have not set up two-factor login.");
                await Sessions.EndAll(transaction, id);
                await Audit(transaction, actor, "user.two_factor_reset", user.Email, new { twoFactor = true }, new { twoFactor = false });
                return await Now(transaction, id);
            }
        );

    public Task<Outcome<UserDetail>> EndSessions(Actor actor, long id) =>
        Change<UserDetail>(
            actor,
            id,
            async (transaction, user) =>
            {
                var ended = await Sessions.EndAll(transaction, id);
                await LoginBudgets.Clear(transaction, id);
                await Audit(transaction, actor, "user.sessions_ended", user.Email, null, new { ended });
                return await Now(transaction, id);
            }
        );

    private async Task<Outcome<T>> Change<T>(Actor actor, long id, Func<NpgsqlTransaction, UserDetail, Task<Outcome<T>>> change)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await UserFacts.Lock(transaction, id) is not { } user)
            return new Outcome<T>.Missing();
        if (!actor.Authority.Covers(user.Permissions, user.IsSuperAdmin))
            return Refusal.Beyond;
        try
        {
            var outcome = await change(transaction, user);
            if (outcome is Outcome<T>.Done)
                await transaction.CommitAsync();
            return outcome;
        }
        catch (PostgresException e) when (e.ConstraintName == UserChanges.LastSuperAdmin)
        {
            return LastSuperAdmin;
        }
    }

    private static async Task<Outcome<UserDetail>> Now(NpgsqlTransaction transaction, long id) =>
        new Outcome<UserDetail>.Done((await UserFacts.Of(transaction.Connection!, id))!);

    private static Task Audit(NpgsqlTransaction transaction, Actor actor, string action, string email, object? before, object? after) =>
        actor.Audit(action, $"user {email}", AuditJson.Of(before), AuditJson.Of(after)).Append(transaction.Connection!, transaction);
}
