using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Web.Platform.Security;
using MPanel.Web.Platform.Security.TwoFactor;
using Npgsql;

namespace MPanel.Web.Pages.Access.Account;

[SignedIn]
public sealed class TwoFactorModel(
    NpgsqlDataSource dataSource,
    PasswordQuestion question,
    SecondFactor secondFactor,
    TwoFactorSecrets secrets
) : PanelPage
{
    public AccountRow Row { get; private set; } = null!;

    /// <summary>While it is being set up.</summary>
    public Enrolment? Enrolment { get; private set; }

    /// <summary>Shown this once.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    public int CodeCount => RecoveryCode.Count;

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool Forced => User.HasClaim(c => c.Type == SessionAuthentication.MustSetUpTwoFactorClaim);

    public async Task OnGetAsync()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await Load(db);
    }

    public async Task<IActionResult> OnPostStartAsync()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await TwoFactor.Prepare(db, UserId, secrets.Create());
        return LocalRedirect(RequiredSteps.TwoFactorPage);
    }

    public async Task<IActionResult> OnPostEnableAsync()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (!await MayChange(db))
            return Page();
        await using var transaction = await db.BeginTransactionAsync();
        var user = (await Database.Access.Login.Find(db, UserId))!;
        if (user.TwoFactorEnabled || !await secondFactor.TakeCode(transaction, user, SecondFactor.Compact(Code ?? "")))
        {
            await transaction.RollbackAsync();
            ModelState.AddModelError(nameof(Code), "That is not the present code. Check that your phone's clock is right.");
            await Load(db);
            return Page();
        }
        await TwoFactor.Enable(transaction, UserId, SessionId);
        await Sessions.EndAll(transaction, UserId, but: SessionId);
        await ShowNewCodes(transaction, "user.two_factor_enabled");
        return Page();
    }

    public async Task<IActionResult> OnPostCodesAsync()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (!await MayChange(db) || !Row.TwoFactorEnabled)
            return Page();
        await using var transaction = await db.BeginTransactionAsync();
        await ShowNewCodes(transaction, "user.recovery_codes_replaced");
        return Page();
    }

    public async Task<IActionResult> OnPostDisableAsync()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (!await MayChange(db) || !Row.TwoFactorEnabled)
            return Page();
        if (Row.TwoFactorRequired)
            return Refused("One of your roles requires two-factor login.");
        await using var transaction = await db.BeginTransactionAsync();
        await TwoFactor.Disable(transaction, UserId);
        await Audit("user.two_factor_disabled", $"user {ActorName}", new { twoFactor = true }, new { twoFactor = false })
            .Append(db, transaction);
        await transaction.CommitAsync();
        return Done("Two-factor login is off.");
    }

    private async Task<bool> MayChange(NpgsqlConnection db)
    {
        await Load(db);
        return await question.Answered(this, nameof(Password), Password);
    }

    private async Task ShowNewCodes(NpgsqlTransaction transaction, string action)
    {
        RecoveryCodes = RecoveryCode.CreateSet();
        await TwoFactor.ReplaceRecoveryCodes(transaction, UserId, [.. RecoveryCodes.Select(c => RecoveryCode.HashOf(UserId, c))]);
        await Audit(action, $"user {ActorName}").Append(transaction.Connection!, transaction);
        await transaction.CommitAsync();
    }

    private async Task Load(NpgsqlConnection db)
    {
        Row = await Database.Access.Account.Of(db, UserId);
        if (Row is { TwoFactorEnabled: false, TotpSecret: { } stored } && secrets.Open(stored) is { } secret)
            Enrolment = Enrolment.Of(secret, Row.Email);
    }
}
