using MPanel.Database.Access;
using MPanel.Database.Lists;

namespace MPanel.Web.Pages.Access.Roles;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public IReadOnlyList<RoleRow> Roles { get; private set; } = [];
    public IReadOnlyList<PermissionGroup> Groups { get; private set; } = [];

    public async Task OnGetAsync()
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        Roles = await Database.Access.Roles.All(db);
        Groups = PermissionGroup.Of(await Database.Access.Roles.Permissions(db));
    }
}
