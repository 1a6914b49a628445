using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Database.Access;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Engine;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Access.Login;

/// <summary>Sends a link to whoever forgot their password. What it answers, and how long that takes, tells nobody who has an account here.</summary>
[AllowAnonymous]
public sealed class ForgotModel(
    NpgsqlDataSource dataSource,
    MailSwitch mail,
    MailSeal seal,
    PublicLinks links,
    LoginLimit limit,
    JobSignals jobs
) : PageModel
{
    private const int LongestEmail = 254;

    [BindProperty]
    public string? Email { get; set; }

    public bool Asked { get; private set; }

    public bool Sends => mail.Sends;

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!limit.Allows(HttpContext))
        {
            ModelState.AddModelError("", "Too many attempts from your network. Wait a minute.");
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Page();
        }
        if (!Sends)
            return Page();
        var email = new string([.. (Email ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]).Trim();
        if (email.Length is > 0 and <= LongestEmail)
            await Ask(email);
        Asked = true;
        return Page();
    }

    private async Task Ask(string email)
    {
        var token = SessionToken.Create().Text;
        var sealedLink = seal.Close(links.To($"/login/reset?token={token}"));
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var user = await PasswordResets.Ask(transaction, email, token, sealedLink, HttpContext.TraceIdentifier);
        await LoginAttempts.Record(db, email, user, LoginOutcome.ResetAsked, HttpContext.Visitor(), transaction);
        await transaction.CommitAsync();
        jobs.Added();
    }
}
