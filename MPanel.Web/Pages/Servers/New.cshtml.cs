using Microsoft.AspNetCore.Mvc;
using MPanel.Web.Api.Servers;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Servers;

[Permission("servers.manage")]
public sealed class NewModel(ServerChanges changes) : ServerFormPage
{
    public void OnGet() => Form = new ServerForm { Role = "web", WebsiteCapacity = "0" };

    [Permission("servers.manage")]
    public async Task<IActionResult> OnPostAsync()
    {
        if (Form.Read(ModelState, nameof(Form)) is not { } settings)
            return Page();
        if (await changes.Create(HttpContext, settings) is { } created)
            return Done($"{created.Name} was added. Make an enrolment code, and start its agent with it.", $"/servers/{created.Id}");
        ModelState.AddModelError("Form.Name", "Another server has this name.");
        return Page();
    }
}
