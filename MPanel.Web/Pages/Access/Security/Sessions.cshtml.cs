using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Access.Security;

public sealed class SessionsModel(ListDatabase database, NpgsqlDataSource dataSource, AccessDenials denials)
    : ListPage<SessionListRow, SessionFilter>(All, database)
{
    private static readonly PanelList<SessionListRow, SessionFilter> All = new(
        "sessions",
        new ListDefinition("-seen", "Name or e-mail address", SessionList.Sorts, []),
        (query, context) =>
            new SessionFilter(query.Like, context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.SessionIdle),
        SessionList.Read,
        (db, filter, _) => SessionList.Count(db, filter),
        new("User", s => s.Email),
        new("From", s => s.RemoteAddress),
        new("Browser", s => s.UserAgent),
        new("Two-factor", s => s.TwoFactorPassed),
        new("Signed in", s => s.CreatedAt),
        new("Last used", s => s.LastSeenAt)
    );

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
}
