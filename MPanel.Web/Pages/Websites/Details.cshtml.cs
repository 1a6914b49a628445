using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Timelines;
using MPanel.Database.Websites;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Websites;
using MPanel.Web.Api.Websites;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Websites;

public sealed class DetailsModel(
    ListDatabase database,
    WebsiteActions actions,
    SiteNameActions nameActions,
    SiteContentActions contentActions,
    SiteMergeActions mergeActions,
    SiteAheadActions aheadActions,
    IOptions<WebsiteOptions> options
) : PanelPage
{
    private const int Few = 10;
    public const int MostLines = 50;

    public WebsiteDetail Website { get; private set; } = null!;
    public IReadOnlyList<Hostname> Names { get; private set; } = [];

    /// <summary>Null while nothing was asked of a server.</summary>
    public SiteStanding? Standing { get; private set; }

    /// <summary>Null where its server has nothing that this panel may not overwrite.</summary>
    public AheadSite? Ahead { get; private set; }

    public SiteRemoval Removal { get; private set; } = null!;

    /// <summary>It and another website are a name and its www name; null where they aren't.</summary>
    public OverlappingSites? Overlap { get; private set; }

    /// <summary>This month's so far.</summary>
    public TrafficMonth TrafficMonth { get; private set; } = null!;

    /// <summary>Of the last days those with any, the newest first.</summary>
    public IReadOnlyList<TrafficDay> TrafficDays { get; private set; } = [];

    public IReadOnlyList<WebsiteSubscription> Subscriptions { get; private set; } = [];
    public IReadOnlyList<WebsiteTask> Tasks { get; private set; } = [];

    /// <summary>The newest first, one more than are shown where there are more.</summary>
    public IReadOnlyList<TimelineLine> Timeline { get; private set; } = [];

    /// <summary>How long it can be had back after it was removed.</summary>
    public TimeSpan Grace => options.Value.RemovalGrace;

    public bool Manages => May(Permissions.WebsitesManage);

    /// <summary>Nothing can be asked of its server any more but to erase it.</summary>
    public bool IsOver => Website.Status == WebsiteState.Removed || Standing?.Desired == "absent";

    /// <summary>Its server was to erase it, and could not.</summary>
    public bool IsStuck => Website.Status == WebsiteState.Removing && Standing is { Desired: "absent", Condition: "broken" };

    /// <summary>Reasons that don't hold yet.</summary>
    public IEnumerable<string> OtherReasons => WebsiteActions.Reasons.Except(Website.SuspendedFor);

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Target { get; set; }

    [BindProperty]
    public int? Code { get; set; }

    public async Task<IActionResult> OnGetAsync(long id) => await Load(id) ? Page() : NotFound();

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostSuspendAsync(long id, string? reason) => await Say(actions.Suspend(Actor, id, reason));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostResumeAsync(long id, string? reason) => await Say(actions.Resume(Actor, id, reason));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostRemoveAsync(long id, string? domain) => await Say(actions.Remove(Actor, id, domain));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostRestoreAsync(long id) => await Say(actions.Restore(Actor, id));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostEraseAsync(long id, string? domain) => await Say(actions.EndGrace(Actor, id, domain));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostRebuildAsync(long id) => await Say(actions.Rebuild(Actor, id));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostOvertakeAsync(long id) => await Say(actions.Overtake(Actor, id));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostAdoptAsync(long id, string? hash) => await Say(aheadActions.Adopt(Actor, id, hash));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostContentBackAsync(long id) => await Say(contentActions.Back(Actor, id));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostMergeNamesAsync(long id) => await Say(mergeActions.Merge(Actor, id));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostNameAsync(long id)
    {
        var outcome = await nameActions.Add(Actor, id, new WantedName(Name, Target, Code));
        if (outcome is not Outcome<ChangedWebsite>.Refused { Why: var why })
            return await Answer(outcome, changed => changed.Text);
        // What was typed stays, with the fault beside it.
        var field = (why.Faults.Count == 0 ? null : why.Faults[0].Path) switch
        {
            "target" => nameof(Target),
            "code" => nameof(Code),
            _ => nameof(Name),
        };
        ModelState.AddModelError(field, why.Text);
        return await Load(id) ? Page() : NotFound();
    }

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostRemoveNameAsync(long id, string? name) => await Say(nameActions.Remove(Actor, id, name));

    [Permission(Permissions.WebsitesManage)]
    public async Task<IActionResult> OnPostPrimaryAsync(long id, string? name) =>
        await Say(nameActions.MakePrimary(Actor, id, name, keep: false));

    private async Task<IActionResult> Say(Task<Outcome<ChangedWebsite>> change) => await Answer(await change, changed => changed.Text);

    private async Task<bool> Load(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await WebsiteFacts.Of(db, id) is not { } website)
            return false;
        Website = website;
        Names = await Hostnames.Of(db, id);
        Standing = await WebsiteFacts.Standing(db, id);
        Ahead =
            Standing is { Condition: "ahead" } && await aheadActions.Compare(id) is Outcome<AheadSite>.Done { Value: var ahead }
                ? ahead
                : null;
        Overlap = await MergeNames.Of(db, id);
        Removal = await WebsiteFacts.Removal(db, id);
        TrafficMonth = await WebsiteTraffic.Month(db, id);
        TrafficDays = await WebsiteTraffic.Days(db, id, TrafficRoutes.Days);
        Subscriptions = May(Permissions.SubscriptionsView) ? [.. await WebsiteFacts.Subscriptions(db, id)] : [];
        Tasks = May(Permissions.ProvisioningView) ? [.. await WebsiteFacts.Tasks(db, id, Few)] : [];
        Timeline = await TimelineLine.OfWebsite(db, id, MostLines + 1);
        return true;
    }
}
