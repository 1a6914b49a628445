using System.Text.Json;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Database.Audit;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security.TwoFactor;
using Npgsql;

namespace MPanel.Web.Platform.Security;

/// <summary>The second half of a login: a code of the authenticator app, or a recovery code.</summary>
public sealed class SecondFactor(
    NpgsqlDataSource dataSource,
    SignIn signIn,
    TwoFactorSecrets secrets,
    TimeProvider time,
    IOptions<AccessOptions> options
)
{
    /// <summary>Longer, it is a recovery code or a password.</summary>
    private const int LongestCode = 6;

    /// <returns>The user whose password was accepted in this browser, and whose code is still to come.</returns>
    public async Task<SessionUser?> Awaiting(HttpContext context)
    {
        if (SessionCookie.Read(context.Request) is not { } token)
            return null;
        await using var db = await dataSource.OpenConnectionAsync();
        return await Sessions.Find(db, token, options.Value.SessionIdle) is { Status: SessionState.AwaitingCode } session
            ? session.User
            : null;
    }

    public async Task<bool> Check(HttpContext context, SessionUser asked, string code)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (!await LoginBudgets.Take(db, asked.Id, context.Visitor(), code: true))
        {
            await LoginAttempts.Record(db, asked.Email, asked.Id, LoginOutcome.LockedOut, context.Visitor());
            return false;
        }
        await using var transaction = await db.BeginTransactionAsync();
        var user = (await Login.Find(db, asked.Id))!;
        var accepted = await Accept(context, transaction, user, Compact(code));
        await LoginAttempts.Record(
            db,
            user.Email,
            user.Id,
            accepted ? LoginOutcome.SignedIn : LoginOutcome.WrongCode,
            context.Visitor(),
            transaction
        );
        if (accepted)
        {
            await SignIn.Succeed(transaction, user.Id, context.Visitor());
            await signIn.Open(context, transaction, user.Id, awaitsCode: false, twoFactorPassed: true);
        }
        await transaction.CommitAsync();
        return accepted;
    }

    /// <summary>
    /// Whether this is the password, or a present code, of somebody who is in already; then their session counts as confirmed. Guessing is
    /// counted and written down here as at the login.
    /// </summary>
    public async Task<bool> Confirm(HttpContext context, long userId, long sessionId, string answer)
    {
        var code = Compact(answer);
        if (!(code.Length <= LongestCode ? await ConfirmCode(context, userId, code) : await signIn.Confirm(context, userId, answer)))
            return false;
        await using var db = await dataSource.OpenConnectionAsync();
        await Sessions.Confirm(db, sessionId);
        return true;
    }

    /// <summary>Whether this is a present code, and takes it: the same code opens nothing twice.</summary>
    public async Task<bool> TakeCode(NpgsqlTransaction transaction, LoginUser user, string code) =>
        user.TotpSecret is not null
        && secrets.Open(user.TotpSecret) is { } secret
        && Totp.Match(secret, code, time.GetUtcNow()) is { } step
        && await Login.TakeStep(transaction, user.Id, step);

    /// <summary>Apps show a code as 123 456, and people type what they see.</summary>
    public static string Compact(string code) => new([.. code.Where(c => !char.IsWhiteSpace(c))]);

    private async Task<bool> ConfirmCode(HttpContext context, long userId, string code)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await Login.Find(db, userId) is not { } user)
            return false;
        if (!await LoginBudgets.Take(db, userId, context.Visitor(), code: true))
        {
            await LoginAttempts.Record(db, user.Email, userId, LoginOutcome.LockedOut, context.Visitor());
            return false;
        }
        await using var transaction = await db.BeginTransactionAsync();
        var accepted = user.TwoFactorEnabled && await TakeCode(transaction, user, code);
        if (accepted)
            await LoginBudgets.Forgive(transaction, userId, context.Visitor(), code: true);
        else
            await LoginAttempts.Record(db, user.Email, userId, LoginOutcome.WrongCode, context.Visitor(), transaction);
        await transaction.CommitAsync();
        return accepted;
    }

    private async Task<bool> Accept(HttpContext context, NpgsqlTransaction transaction, LoginUser user, string code)
    {
        if (code.Length <= LongestCode)
            return await TakeCode(transaction, user, code);
        if (!await Database.Access.TwoFactor.UseRecoveryCode(transaction, user.Id, RecoveryCode.HashOf(user.Id, code)))
            return false;
        var left = await Database.Access.TwoFactor.RecoveryCodesLeft(transaction.Connection!, user.Id);
        await new AuditEntry(
            ActorKind.User,
            user.Email,
            "user.recovery_code_used",
            $"user {user.Email}",
            null,
            JsonSerializer.Serialize(new { left }),
            context.Visitor().Address,
            context.TraceIdentifier
        ).Append(transaction.Connection!, transaction);
        return true;
    }
}
