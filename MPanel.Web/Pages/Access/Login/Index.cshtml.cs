using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Web.Platform.Security;
using MPanel.Web.Platform.Security.Identity;

namespace MPanel.Web.Pages.Access.Login;

[AllowAnonymous]
public sealed class IndexModel(SignIn signIn, LoginLimit limit) : PageModel
{
    /// <summary>The same words whatever is wrong, or it would tell who has an account here.</summary>
    private const string Refusal =
        "E-mail address and password don't match, or there were too many attempts. Check both, or try again in a few minutes.";

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>Filled in by the browser.</summary>
    [BindProperty]
    public string? TimeZone { get; set; }

    public async Task<IActionResult> OnGetAsync()
    {
        var known = await HttpContext.AuthenticateAsync(SessionAuthentication.SchemeName);
        return known.Succeeded ? LocalRedirect(Redirection.Local(ReturnUrl)) : Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!limit.Allows(HttpContext))
            return Refuse("Too many attempts from your network. Wait a minute.", StatusCodes.Status429TooManyRequests);
        return await signIn.WithPassword(HttpContext, Email ?? "", Password ?? "", TimeZone) switch
        {
            LoginAnswer.SignedIn => LocalRedirect(Redirection.Local(ReturnUrl)),
            LoginAnswer.Busy => Busy(),
            LoginAnswer.NeedsCode => RedirectToPage("/Access/Login/Code", new { returnUrl = Redirection.Local(ReturnUrl) }),
            _ => Refuse(Refusal, StatusCodes.Status200OK),
        };
    }

    private PageResult Busy()
    {
        Response.Headers.RetryAfter = $"{HashingTurns.RetryAfter}";
        return Refuse("Too many people sign in at once. Try again in a few seconds.", StatusCodes.Status503ServiceUnavailable);
    }

    private PageResult Refuse(string why, int status)
    {
        ModelState.AddModelError("", why);
        Response.StatusCode = status;
        return Page();
    }
}
