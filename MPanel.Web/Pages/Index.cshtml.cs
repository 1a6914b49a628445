using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Web.Modules;
using MPanel.Web.Security;

namespace MPanel.Web.Pages;

/// <summary>The address without a path: the first page that whoever is signed in may see.</summary>
[SignedIn]
public sealed class IndexModel : PageModel
{
    public IActionResult OnGet() => Redirect(PanelModules.All.FirstOrDefault(m => m.IsFor(User))?.Route ?? "/account");
}
