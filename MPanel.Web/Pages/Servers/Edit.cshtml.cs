using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Servers;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Servers;

[Permission(Permissions.ServersManage)]
public sealed class EditModel(ListDatabase database, ServerActions actions, IOptions<ProvisioningOptions> options) : ServerFormPage
{
    /// <summary>As it is called now.</summary>
    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (await Find(id) is not { } server)
            return NotFound();
        (Form, Version) = (ServerForm.Of(server.Settings), server.Version);
        return Page();
    }

    [Permission(Permissions.ServersManage)]
    public async Task<IActionResult> OnPostAsync(long id)
    {
        if (await Find(id) is null)
            return NotFound();
        if (Form.Read(ModelState, nameof(Form)) is not { } settings)
            return Page();
        switch (await actions.Save(Actor, id, Version, settings, state: null))
        {
            case Outcome<ServerDetail>.Done:
                return Done($"{settings.Name} was saved.", Back);
            case Outcome<ServerDetail>.Missing:
                return NotFound();
            case Outcome<ServerDetail>.Conflict { Current: var server }:
                Conflict = Form.Against(ServerForm.Of(server.Settings));
                // What is sent next is a change of what stands there now.
                ModelState.Remove(nameof(Version));
                Version = server.Version;
                return Page();
            case Outcome<ServerDetail>.Refused { Why.Code: ServerActions.InUse }:
                ModelState.AddModelError("Form.Roles", "Websites are on this server, so it keeps the roles that it has.");
                return Page();
            default:
                ModelState.AddModelError("Form.Name", "Another server has this name.");
                return Page();
        }
    }

    private async Task<ServerDetail?> Find(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        var server = await ServerFacts.Of(db, id, options.Value.OfflineAfter);
        (Name, Back, KeptRoles) = (server?.Name ?? "", $"/servers/{id}", server?.WebsiteCount > 0 ? server.Settings.Roles : []);
        return server;
    }
}
