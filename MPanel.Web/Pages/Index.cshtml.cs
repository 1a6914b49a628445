using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Web.Platform.Modules;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages;

/// <summary>The address without a path: the first page that whoever is signed in may see.</summary>
[SignedIn]
public sealed class IndexModel : PageModel
{
    public IActionResult OnGet() => Redirect(PanelModules.All.FirstOrDefault(m => m.IsFor(User))?.Route ?? "/account");
}
