using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages;

/// <summary>What every refusal and failure on the pages' port looks like: what happened, what to do, and the number to name.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
public sealed class ErrorModel : PageModel
{
    public int Status { get; private set; }
    public string Title { get; private set; } = "";
    public string Text { get; private set; } = "";

    public Task OnGetAsync() => Show();

    /// <summary>A refused form is shown here too, with its own verb.</summary>
    public Task OnPostAsync() => Show();

    private async Task Show()
    {
        Status = Response.StatusCode is >= 400 and var status ? status : StatusCodes.Status404NotFound;
        Response.StatusCode = Status;
        (Title, Text) = Status switch
        {
            400 => (
                "The form could not be read",
                "It may have been open for too long, or was sent twice. Go back, reload the page and try again."
            ),
            403 => ("You may not do that", "Your roles do not include the permission for it. Somebody who manages roles can change that."),
            404 => ("There is no such page", "What you were looking for is not here, or no longer."),
            405 => ("That does not work this way", "The page does not take what was sent to it."),
            413 => ("That was too much", "What was sent is larger than this page accepts."),
            429 => ("Too much at once", "Wait a minute, then try again."),
            503 => (
                "The panel can't answer now",
                "The database can't be reached, or too much is asked at once. Nothing is lost; try again in a moment."
            ),
            _ => ("Something went wrong on our side", "It has been written to the log with the number below."),
        };
        await RecognizeVisitor();
    }

    /// <summary>With the menu, for whoever is signed in; without, when even that can't be found out.</summary>
    private async Task RecognizeVisitor()
    {
        if (User.Identity?.IsAuthenticated == true || Status >= 500)
            return;
        var visitor = await HttpContext.AuthenticateAsync(SessionAuthentication.SchemeName);
        if (visitor.Principal is { } principal)
            HttpContext.User = principal;
    }
}
