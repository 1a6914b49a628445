using MPanel.Database.Lists;
using MPanel.Jobs.Emails;

namespace MPanel.Web.Pages.Emails.Templates;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public IReadOnlyList<TemplateInUse> Templates { get; private set; } = [];

    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Templates = await TemplateActions.All(db);
    }
}
