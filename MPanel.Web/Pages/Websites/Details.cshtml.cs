using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Websites;

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
        Subscriptions = May("subscriptions.view") ? [.. await WebsiteFacts.Subscriptions(db, id)] : [];
        Tasks = May("provisioning.view") ? [.. await WebsiteFacts.Tasks(db, id, Few)] : [];
        return Page();
    }
}
