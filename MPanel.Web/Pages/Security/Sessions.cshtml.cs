using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Web.Lists;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Pages.Security;

public sealed class SessionsModel(
    ListDatabase database,
    NpgsqlDataSource dataSource,
    AccessDenials denials,
    IOptions<AccessOptions> options
) : PanelPage
{
    public static readonly ListDefinition Definition = new("-seen", "Name or e-mail address", SessionList.Sorts, []);

    public ListView List { get; private set; } = null!;
    public IReadOnlyList<SessionListRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(Definition);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await SessionList.Read(db, Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "sessions", await SessionList.Count(db, Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(Definition);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "sessions",
            query,
            slice => SessionList.Read(db, Filter(query), slice),
            ("User", s => s.Email),
            ("From", s => s.RemoteAddress),
            ("Browser", s => s.UserAgent),
            ("Two-factor", s => s.TwoFactorPassed),
            ("Signed in", s => s.CreatedAt),
            ("Last used", s => s.LastSeenAt)
        );
        return new EmptyResult();
    }

    [Permission(Permissions.SecurityManage)]
    public async Task<IActionResult> OnPostEndAsync(long id, long user)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await UserFacts.Of(db, user) is not { } owner)
            return Refused("That session has ended already.");
        if (owner.Id != UserId && !User.Authority().Covers(owner.Permissions, owner.IsSuperAdmin))
        {
            await denials.Record(HttpContext, AccessDenials.BeyondPermissions);
            return StatusCode(StatusCodes.Status403Forbidden);
        }
        if (!await Sessions.End(transaction, user, id))
            return Refused("That session has ended already.");
        await Audit("user.session_ended", $"user {owner.Email}", new { session = id }).Append(db, transaction);
        await transaction.CommitAsync();
        return Done("That browser is signed out.");
    }

    private SessionFilter Filter(ListQuery query) => new(query.Like, options.Value.SessionIdle);
}
