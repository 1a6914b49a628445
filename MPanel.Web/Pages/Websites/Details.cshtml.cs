using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Websites;
using MPanel.Jobs.Access;

namespace MPanel.Web.Pages.Websites;

public sealed class DetailsModel(ListDatabase database) : PanelPage
{
    private const int Few = 10;

    public WebsiteDetail Website { get; private set; } = null!;
    public IReadOnlyList<WebsiteSubscription> Subscriptions { get; private set; } = [];

    public IReadOnlyList<WebsiteTask> Tasks { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await WebsiteFacts.Of(db, id) is not { } website)
            return NotFound();
        Website = website;
        Subscriptions = May(Permissions.SubscriptionsView) ? [.. await WebsiteFacts.Subscriptions(db, id)] : [];
        Tasks = May(Permissions.ProvisioningView) ? [.. await WebsiteFacts.Tasks(db, id, Few)] : [];
        return Page();
    }
}
