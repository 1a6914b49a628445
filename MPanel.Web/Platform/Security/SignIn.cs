using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Web.Platform.Security.Identity;
using Npgsql;

namespace MPanel.Web.Platform.Security;

public enum LoginAnswer
{
    /// <summary>Why is nobody's business outside: it stands with the login attempts.</summary>
    Refused,

    /// <summary>Too many want to sign in at once: the password was not looked at, and nothing is counted.</summary>
    Busy,

    /// <summary>The password was right; the code is still to come.</summary>
    NeedsCode,
    SignedIn,
}

/// <summary>
/// From e-mail address and password to a session. Identity's hasher hashes and compares; counting attempts is ours, because its user
/// manager reads, adds and writes, and lets as many guesses through as are made at once. So is renewing hashes, which it does for a right
/// password whatever else speaks against a login: the time that takes would tell.
/// </summary>
public sealed class SignIn(
    NpgsqlDataSource dataSource,
    HashingTurns turns,
    IPasswordHasher<PanelUser> hasher,
    IOptions<AccessOptions> options
)
{
    private const int LongestPassword = 256;

    private static readonly PanelUser Nobody = new() { Id = 0, Email = "" };

    /// <summary>What is compared with the password of somebody unknown, so that it takes as long as for a user.</summary>
    private static readonly Lazy<string> NobodysHash = new(() =>
        PasswordHashes.Hasher<PanelUser>().HashPassword(Nobody, Guid.NewGuid().ToString())
    );

    /// <param name="timeZone">The browser's, for somebody who has none yet.</param>
    public async Task<LoginAnswer> WithPassword(HttpContext context, string email, string password, string? timeZone)
    {
        var visitor = context.Visitor();
        email = new string([.. email.Where(c => !char.IsControl(c))]).Trim();
        using var turn = await turns.Take(context);
        if (!turn.IsAcquired)
            return LoginAnswer.Busy;
        var (user, attempt) = await Begin(email, visitor);
        var right = Matches(attempt.Allowed ? user : null, password);
        if (user is null || right == PasswordVerificationResult.Failed)
            return LoginAnswer.Refused;
        await using var db = await dataSource.OpenConnectionAsync();
        if (user.Status != UserState.Active || user.PasswordExpired)
        {
            await LoginAttempts.Decide(
                db,
                attempt.Id,
                user.Status != UserState.Active ? LoginOutcome.NotActive : LoginOutcome.PasswordExpired
            );
            return LoginAnswer.Refused;
        }
        if (right == PasswordVerificationResult.SuccessRehashNeeded)
            await Login.Rehash(db, user.Id, user.PasswordHash!, hasher.HashPassword(Nobody, password));
        await using var transaction = await db.BeginTransactionAsync();
        if (user.TwoFactorEnabled)
            // Only this attempt: the user is not in yet.
            await LoginBudgets.Forgive(transaction, user.Id, visitor, code: false);
        else
            await Succeed(transaction, user.Id, visitor);
        if (timeZone is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _))
            await Login.ProposeTimeZone(transaction, user.Id, timeZone);
        await LoginAttempts.Decide(
            db,
            attempt.Id,
            user.TwoFactorEnabled ? LoginOutcome.PasswordAccepted : LoginOutcome.SignedIn,
            transaction
        );
        await Open(context, transaction, user.Id, awaitsCode: user.TwoFactorEnabled, twoFactorPassed: false);
        await transaction.CommitAsync();
        return user.TwoFactorEnabled ? LoginAnswer.NeedsCode : LoginAnswer.SignedIn;
    }

    /// <summary>
    /// Whether this is the password of somebody who is in already. Guessing is counted and written down here as at the login. Where too many
    /// passwords are looked at already, this one is not, and does not count.
    /// </summary>
    public async Task<bool> Confirm(HttpContext context, long userId, string password)
    {
        using var turn = await turns.Take(context);
        if (!turn.IsAcquired)
            return false;
        var visitor = context.Visitor();
        var (user, allowed) = await BeginConfirming(userId, visitor);
        var right = user is not null && allowed && Matches(user, password) != PasswordVerificationResult.Failed;
        await using var db = await dataSource.OpenConnectionAsync();
        if (!right)
        {
            if (user is not null)
                await LoginAttempts.Record(db, user.Email, userId, allowed ? LoginOutcome.WrongPassword : LoginOutcome.LockedOut, visitor);
            return false;
        }
        await using var transaction = await db.BeginTransactionAsync();
        await LoginBudgets.Forgive(transaction, userId, visitor, code: false);
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>A new session for this browser, in place of the one it has.</summary>
    public async Task Open(HttpContext context, NpgsqlTransaction transaction, long userId, bool awaitsCode, bool twoFactorPassed)
    {
        if (SessionCookie.Read(context.Request) is { } old)
            await Sessions.EndByToken(transaction, old);
        var limits = options.Value.Limits;
        var token = await Sessions.Open(transaction, userId, awaitsCode, twoFactorPassed, context.Visitor(), limits);
        SessionCookie.Write(context, token, limits.Lifetime);
        if (!awaitsCode)
            await Remember(context, transaction, userId);
    }

    /// <summary>The user is in.</summary>
    public static async Task Succeed(NpgsqlTransaction transaction, long userId, Visitor visitor)
    {
        await LoginBudgets.Settle(transaction, userId, visitor);
        await Login.Succeed(transaction, userId);
    }

    /// <summary>Never a cookie that was brought along for somebody else, or its owner would share this user's budget.</summary>
    private static async Task Remember(HttpContext context, NpgsqlTransaction transaction, long userId)
    {
        var known = context.Visitor().Browser is { } browser && await KnownBrowsers.Touch(transaction, userId, browser);
        BrowserCookie.Write(context, known ? BrowserCookie.Read(context.Request)! : await KnownBrowsers.Add(transaction, userId));
    }

    /// <summary>With a connection of its own: none is held while a password is hashed, or a flood of logins would take them all.</summary>
    private async Task<(LoginUser? User, BegunAttempt Attempt)> Begin(string email, Visitor visitor)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var user = await Login.Find(db, email);
        return (user, await LoginAttempts.Begin(db, email, user?.Id, visitor));
    }

    private async Task<(LoginUser? User, bool Allowed)> BeginConfirming(long userId, Visitor visitor)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        var user = await Login.Find(db, userId);
        return (user, user is not null && await LoginBudgets.Take(db, userId, visitor, code: false));
    }

    /// <summary>The same work whoever it is: one hash, compared.</summary>
    /// <param name="user">Null for nobody, and for somebody who may not try: whether the password is right is not found out.</param>
    private PasswordVerificationResult Matches(LoginUser? user, string password)
    {
        password = password.Length > LongestPassword ? "" : password;
        if (user?.PasswordHash is { } hash)
            return hasher.VerifyHashedPassword(Nobody, hash, password);
        hasher.VerifyHashedPassword(Nobody, NobodysHash.Value, password);
        return PasswordVerificationResult.Failed;
    }
}
