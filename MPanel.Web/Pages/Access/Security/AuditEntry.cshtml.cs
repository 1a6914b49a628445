using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Audit;
using MPanel.Database.Lists;

namespace MPanel.Web.Pages.Access.Security;

public sealed class AuditEntryModel(ListDatabase database) : PanelPage
{
    public AuditRow Entry { get; private set; } = null!;
    public IReadOnlyList<Difference> Differences { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await AuditList.Find(db, id) is not { } entry)
            return NotFound();
        Entry = entry;
        Differences = Difference.Between(entry.Before, entry.After);
        return Page();
    }
}
