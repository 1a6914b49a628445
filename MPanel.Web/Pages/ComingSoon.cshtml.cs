using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Modules;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages;

/// <summary>The page of every module that is not built yet: its title, and what it will do.</summary>
[Permission(Permissions.DashboardView)]
public sealed class ComingSoonModel : PageModel
{
    public Module? Module { get; private set; }

    public IActionResult OnGet()
    {
        Module = PanelModules.Of(Request.Path);
        return Module is { IsBuilt: false } ? Page() : NotFound();
    }
}
