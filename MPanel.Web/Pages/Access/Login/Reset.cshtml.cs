using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Database.Access;
using MPanel.Database.Audit;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;
using MPanel.Web.Platform.Security.Identity;
using Npgsql;

namespace MPanel.Web.Pages.Access.Login;

/// <summary>Where the link of somebody who forgot their password leads. It signs nobody in: that still takes the password, and the code.</summary>
[AllowAnonymous]
public sealed class ResetModel(NpgsqlDataSource dataSource, NewPassword passwords, LoginLimit limit) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Repeated { get; set; }

    public OpenReset? Open { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (!limit.Allows(HttpContext))
            return StatusCode(StatusCodes.Status429TooManyRequests);
        Open = await Find();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!limit.Allows(HttpContext))
            return StatusCode(StatusCodes.Status429TooManyRequests);
        Open = await Find();
        if (Open is null || !await Good(Open))
            return Page();
        if (await passwords.Hash(HttpContext, Password!) is not { } hash)
        {
            ModelState.AddModelError("", NewPassword.Busy);
            return Page();
        }
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (!await PasswordResets.Use(transaction, Token!, hash, SecurityStamp.New()))
        {
            Open = null;
            return Page();
        }
        await Changed(Open).Append(db, transaction);
        await LoginAttempts.Record(db, Open.Email, Open.UserId, LoginOutcome.PasswordReset, HttpContext.Visitor(), transaction);
        await transaction.CommitAsync();
        return LocalRedirect("/login");
    }

    private async Task<OpenReset?> Find()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        return await PasswordResets.Find(db, Token ?? "");
    }

    private async Task<bool> Good(OpenReset reset)
    {
        if (await passwords.Refuse(Password ?? "", reset.Email) is { } refused)
            ModelState.AddModelError(nameof(Password), refused);
        if (Password != Repeated)
            ModelState.AddModelError(nameof(Repeated), "The two are not the same.");
        return ModelState.IsValid;
    }

    private AuditEntry Changed(OpenReset reset) =>
        new(
            ActorKind.User,
            reset.Email,
            "user.password_reset",
            $"user {reset.Email}",
            null,
            null,
            HttpContext.Visitor().Address,
            HttpContext.TraceIdentifier
        );
}
