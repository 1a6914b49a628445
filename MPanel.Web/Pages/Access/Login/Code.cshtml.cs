using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Access.Login;

[AllowAnonymous]
public sealed class CodeModel(SecondFactor secondFactor, LoginLimit limit) : PageModel
{
    private const int LongestCode = 40;

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public async Task<IActionResult> OnGetAsync() =>
        await secondFactor.Awaiting(HttpContext) is null ? RedirectToPage("/Access/Login/Index", new { ReturnUrl }) : Page();

    public async Task<IActionResult> OnPostAsync()
    {
        if (!limit.Allows(HttpContext))
            return Refuse("Too many attempts from your network. Wait a minute.", StatusCodes.Status429TooManyRequests);
        if (await secondFactor.Awaiting(HttpContext) is not { } user)
            return RedirectToPage("/Access/Login/Index", new { ReturnUrl });
        var taken = Code is { Length: > 0 and <= LongestCode } && await secondFactor.Check(HttpContext, user, Code);
        return taken
            ? LocalRedirect(Redirection.Local(ReturnUrl))
            : Refuse("That code was not accepted. Wait for the next one, or try again in a few minutes.", StatusCodes.Status200OK);
    }

    private PageResult Refuse(string why, int status)
    {
        ModelState.AddModelError("", why);
        Response.StatusCode = status;
        return Page();
    }
}
