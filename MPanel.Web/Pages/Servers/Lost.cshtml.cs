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

/// <summary>What would be lost with a server, and the form that gives it up.</summary>
[Permission(Permissions.ServersManage)]
public sealed class LostModel(ListDatabase database, RetirementActions actions, IOptions<ProvisioningOptions> options) : PanelPage
{
    private const int MostShown = 200;

    public long Id { get; private set; }
    public ServerLoss Loss { get; private set; } = null!;

    /// <summary>The first of them, for those who may see websites.</summary>
    public IReadOnlyList<ServerWebsiteRow> Websites { get; private set; } = [];

    public bool Possible => Loss is { Silent: true } && Loss.State != ServerState.Retired;

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public async Task<IActionResult> OnGetAsync(long id) => await Load(id) ? Page() : NotFound();

    [Permission(Permissions.ServersManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostAsync(long id)
    {
        var outcome = await actions.DeclareLost(Actor, id, Name, Reason);
        if (outcome is Outcome<ServerDetail>.Refused { Why: { Faults: [var fault, ..] } })
        {
            ModelState.AddModelError(fault.Path == "name" ? nameof(Name) : nameof(Reason), fault.Message);
            return await Load(id) ? Page() : NotFound();
        }
        return outcome is Outcome<ServerDetail>.Done { Value: var server }
            ? Done($"{server.Name} is lost. Its websites leave it now.", $"/servers/{id}")
            : await NotDone(outcome);
    }

    private async Task<bool> Load(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await ServerLoss.Of(db, id, options.Value.GoneAfter, options.Value.OfflineAfter) is not { } loss)
            return false;
        (Id, Loss) = (id, loss);
        Websites = May(Permissions.WebsitesView) ? await ServerLoss.Websites(db, id, MostShown) : [];
        return true;
    }
}
