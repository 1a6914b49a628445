using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Servers;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Servers;
using MPanel.Web.Api;
using MPanel.Web.Platform.Http;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Servers;

public sealed class DetailsModel(
    ListDatabase database,
    ServerActions actions,
    RetirementActions retirement,
    IOptions<ProvisioningOptions> options,
    ListeningPorts ports,
    TimeProvider time
) : PanelPage
{
    private const int Few = 8;

    public ServerDetail Server { get; private set; } = null!;
    public IReadOnlyList<AgentToken> Tokens { get; private set; } = [];
    public IReadOnlyList<ServerTaskRow> Tasks { get; private set; } = [];
    public IReadOnlyList<ServerWebsiteRow> Websites { get; private set; } = [];
    public ServerInventory Inventory { get; private set; } = null!;
    public IReadOnlyList<UnwellPlacement> Unwell { get; private set; } = [];
    public IReadOnlyList<ServerOrphan> Orphans { get; private set; } = [];

    /// <summary>What stands there, and would be lost with it.</summary>
    public ServerLoss Loss { get; private set; } = null!;
    public bool HasLeft => Server.State == ServerState.Retired;
    public MetricsView Metrics { get; private set; } = null!;

    /// <summary>Just made: on this answer, and never again.</summary>
    public string? Code { get; private set; }

    /// <summary>Redeeming the code ends the tokens that the server has.</summary>
    public bool EndsOthers { get; private set; }

    /// <summary>The panel's API as this browser reaches the pages; the server may need another name for it.</summary>
    public string ApiAddress => $"{Request.Scheme}://{Request.Host.Host}:{ports.Api}";

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await ServerFacts.Of(db, id, options.Value.OfflineAfter) is not { } server)
            return NotFound();
        Server = server;
        Tokens = [.. await ServerFacts.Tokens(db, id)];
        Tasks = May(Permissions.ProvisioningView) ? [.. await ServerFacts.Tasks(db, id, Few)] : [];
        Websites = May(Permissions.WebsitesView) ? [.. await ServerFacts.Websites(db, id, Few)] : [];
        Loss = (await ServerLoss.Of(db, id, options.Value.GoneAfter, options.Value.OfflineAfter))!;
        Inventory = (await ServerInventory.Of(db, id))!;
        Unwell = May(Permissions.WebsitesView) ? await ServerInventory.FirstUnwell(db, id, Few) : [];
        Orphans = May(Permissions.WebsitesView) ? await ServerInventory.FirstOrphans(db, id, Few) : [];
        Metrics = await MetricsView.Read(db, id, MetricsRange.All[1], time.GetUtcNow(), User.TimeZone());
        return Page();
    }

    [Permission(Permissions.ServersManage)]
    public async Task<IActionResult> OnPostLookAsync(long id) =>
        await Answer(await actions.LookNow(Actor, id), name => $"The agent of {name} looks as soon as it has heard of it.");

    [Permission(Permissions.ServersManage)]
    public async Task<IActionResult> OnPostRebuildAsync(long id) =>
        await Answer(
            await actions.Rebuild(Actor, id),
            rebuilt =>
                rebuilt.Tasks == 0 ? $"Nothing more is to be done on {rebuilt.Server}." : $"{rebuilt.Tasks} task(s) build them again."
        );

    [Permission(Permissions.ServersManage)]
    public async Task<IActionResult> OnPostStateAsync(long id, string? from, string? to)
    {
        if (await Find(id) is not { } server)
            return NotFound();
        if (from is null || to is null || !ServerRules.Working.Contains(from) || !ServerRules.Working.Contains(to) || from == to)
            return BadRequest();
        return await actions.ChangeState(Actor, id, from, to) is Outcome<ServerDetail>.Done
            ? Done($"{server.Name} is {Words(to)} now.")
            : Refused($"Somebody else changed {server.Name} meanwhile: nothing was done.");
    }

    [Permission(Permissions.ServersManage)]
    public async Task<IActionResult> OnPostRetireAsync(long id) =>
        await Answer(await retirement.Retire(Actor, id), server => $"{server.Name} is retired. Its agent is refused from now on.");

    [Permission(Permissions.ServersManage)]
    [AsksPassword]
    public async Task<IActionResult> OnPostCodeAsync(long id, bool endOthers)
    {
        var outcome = await actions.CreateCode(Actor, id, endOthers);
        EndsOthers = endOthers;
        if (outcome is not Outcome<EnrolmentCode>.Done { Value: var made })
            return await NotDone(outcome);
        Code = made.Code;
        // Shown in this answer: a redirect would have to carry it.
        return await OnGetAsync(id);
    }

    [Permission(Permissions.ServersManage)]
    public async Task<IActionResult> OnPostRevokeAsync(long id, long tokenId) =>
        await Answer(await actions.Revoke(Actor, id, tokenId), token => $"The token {token.Prefix} has ended.");

    [Permission(Permissions.ServersManage)]
    public async Task<IActionResult> OnPostRevokeAllAsync(long id) =>
        await Answer(
            await actions.RevokeAll(Actor, id),
            revoked => revoked == 1 ? "One token has ended." : $"{revoked} tokens have ended."
        );

    private static string Words(string state) => state == ServerState.Maintenance ? "in maintenance" : state;

    private async Task<ServerDetail?> Find(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        return await ServerFacts.Of(db, id, options.Value.OfflineAfter);
    }
}
