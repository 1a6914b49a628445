using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Web.Api.Access;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Users;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<UserRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(UserRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await UserList.Read(db, UserRoutes.Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "users", await UserList.Count(db, UserRoutes.Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(UserRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "users",
            query,
            slice => UserList.Read(db, UserRoutes.Filter(query), slice),
            ("Name", u => u.DisplayName),
            ("E-mail address", u => u.Email),
            ("Status", u => u.Status),
            ("Roles", u => string.Join(", ", u.Roles)),
            ("Two-factor", u => u.TwoFactorEnabled),
            ("Last login", u => u.LastLoginAt),
            ("Created", u => u.CreatedAt)
        );
        return new EmptyResult();
    }
}
