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

/// <summary>Where an invited person's one-time link leads.</summary>
[AllowAnonymous]
public sealed class InvitationModel(NpgsqlDataSource dataSource, SignIn signIn, NewPassword passwords, LoginLimit limit) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Repeated { get; set; }

    public OpenInvitation? Open { get; private set; }

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
        if (!await Invitations.Accept(transaction, Token!, hash, SecurityStamp.New()))
        {
            Open = null;
            return Page();
        }
        await Accepted(Open).Append(db, transaction);
        await Platform.Security.SignIn.Succeed(transaction, Open.UserId, HttpContext.Visitor());
        await LoginAttempts.Record(db, Open.Email, Open.UserId, LoginOutcome.SignedIn, HttpContext.Visitor(), transaction);
        await signIn.Open(HttpContext, transaction, Open.UserId, awaitsCode: false, twoFactorPassed: false);
        await transaction.CommitAsync();
        return LocalRedirect("/");
    }

    private async Task<OpenInvitation?> Find()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        return await Invitations.Find(db, Token ?? "");
    }

    private async Task<bool> Good(OpenInvitation invitation)
    {
        if (await passwords.Refuse(Password ?? "", invitation.Email) is { } refused)
            ModelState.AddModelError(nameof(Password), refused);
        if (Password != Repeated)
            ModelState.AddModelError(nameof(Repeated), "The two are not the same.");
        return ModelState.IsValid;
    }

    private AuditEntry Accepted(OpenInvitation invitation) =>
        new(
            ActorKind.User,
            invitation.Email,
            "user.invitation_accepted",
            $"user {invitation.Email}",
            AuditJson.Of(new { status = UserState.Invited }),
            AuditJson.Of(new { status = UserState.Active }),
            HttpContext.Visitor().Address,
            HttpContext.TraceIdentifier
        );
}
