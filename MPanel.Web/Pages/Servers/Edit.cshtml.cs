using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Api.Servers;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Servers;

[Permission("servers.manage")]
public sealed class EditModel(ListDatabase database, ServerChanges changes, IOptions<ProvisioningOptions> options) : ServerFormPage
{
    /// <summary>As it is called now.</summary>
    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (await Find(id) is not { } server)
            return NotFound();
        (Form, Version) = (ServerForm.Of(server), server.Version);
        return Page();
    }

    [Permission("servers.manage")]
    public async Task<IActionResult> OnPostAsync(long id)
    {
        if (await Find(id) is null)
            return NotFound();
        if (Form.Read(ModelState, nameof(Form)) is not { } settings)
            return Page();
        var (outcome, server) = await changes.Save(HttpContext, id, Version, settings, state: null);
        switch (outcome)
        {
            case ServerSaved.Saved:
                return Done($"{settings.Name} was saved.", Back);
            case ServerSaved.Unknown:
                return NotFound();
            case ServerSaved.Conflict:
                Conflict = Form.Against(ServerForm.Of(server!));
                // What is sent next is a change of what stands there now.
                ModelState.Remove(nameof(Version));
                Version = server!.Version;
                return Page();
            case ServerSaved.InUse:
                ModelState.AddModelError("Form.Role", "Websites are on this server, so its role stays.");
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
        (Name, Back, RoleIsFixed) = (server?.Name ?? "", $"/servers/{id}", server?.WebsiteCount > 0);
        return server;
    }
}
