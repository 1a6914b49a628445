using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Servers;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Servers;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Servers;

[Permission(Permissions.ServersManage)]
public sealed class NewModel(ServerActions actions) : ServerFormPage
{
    public void OnGet() => Form = new ServerForm { Roles = [ServerRole.Web], WebsiteCapacity = "0" };

    [Permission(Permissions.ServersManage)]
    public async Task<IActionResult> OnPostAsync()
    {
        if (Form.Read(ModelState, nameof(Form)) is not { } settings)
            return Page();
        if (await actions.Create(Actor, settings) is Outcome<ServerDetail>.Done { Value: var created })
            return Done($"{created.Name} was added. Make an enrolment code, and start its agent with it.", $"/servers/{created.Id}");
        ModelState.AddModelError("Form.Name", "Another server has this name.");
        return Page();
    }
}
