using Microsoft.AspNetCore.Mvc;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Security;
using MPanel.Web.Platform.Security.Identity;
using Npgsql;

namespace MPanel.Web.Pages.Access.Account;

[SignedIn]
public sealed class PasswordModel(NpgsqlDataSource dataSource, PasswordQuestion question, NewPassword passwords) : PanelPage
{
    [BindProperty]
    public string? Current { get; set; }

    [BindProperty]
    public string? New { get; set; }

    [BindProperty]
    public string? Repeated { get; set; }

    /// <summary>Before anything else, after signing in with a one-time password.</summary>
    public bool Forced => User.HasClaim(c => c.Type == SessionAuthentication.MustChangePasswordClaim);

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        await question.Answered(this, nameof(Current), Current);
        if (await passwords.Refuse(New ?? "", ActorName) is { } refused)
            ModelState.AddModelError(nameof(New), refused);
        else if (New == Current)
            ModelState.AddModelError(nameof(New), "Choose another than you have.");
        if (New != Repeated)
            ModelState.AddModelError(nameof(Repeated), "The two are not the same.");
        if (!ModelState.IsValid)
            return Page();
        if (await passwords.Hash(HttpContext, New!) is not { } hash)
        {
            ModelState.AddModelError("", NewPassword.Busy);
            return Page();
        }
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await Database.Access.Account.SetPassword(transaction, UserId, hash, SecurityStamp.New(), SessionId);
        await Audit("user.password_changed", $"user {ActorName}").Append(db, transaction);
        await transaction.CommitAsync();
        return Done(
            "Your password is changed. You are signed out everywhere else, and your personal keys are suspended.",
            Forced ? "/" : null
        );
    }
}
