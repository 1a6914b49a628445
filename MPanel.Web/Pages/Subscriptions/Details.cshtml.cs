using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Subscriptions;
using MPanel.Jobs.Access;

namespace MPanel.Web.Pages.Subscriptions;

public sealed class DetailsModel(ListDatabase database) : PanelPage
{
    public SubscriptionDetail Subscription { get; private set; } = null!;
    public IReadOnlyList<SubscriptionTask> Tasks { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await SubscriptionFacts.Of(db, id) is not { } subscription)
            return NotFound();
        Subscription = subscription;
        if (May(Permissions.ProvisioningView))
            Tasks = [.. await SubscriptionFacts.TasksOf(db, id)];
        return Page();
    }
}
