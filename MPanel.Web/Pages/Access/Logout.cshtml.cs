using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Database.Access;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Access;

/// <summary>Ends the session. By POST only: a link or an image must not sign anybody out.</summary>
[SignedIn]
public sealed class LogoutModel(NpgsqlDataSource dataSource) : PageModel
{
    public IActionResult OnGet()
    {
        Response.Headers.Allow = "POST";
        return StatusCode(StatusCodes.Status405MethodNotAllowed);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (SessionCookie.Read(Request) is { } token)
            await Sessions.EndByToken(transaction, token);
        await transaction.CommitAsync();
        SessionCookie.Remove(HttpContext);
        return RedirectToPage("/Access/Login/Index");
    }
}
