using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Audit;
using MPanel.Database.Lists;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api.Access;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Security;

/// <summary>The audit log, or a part of it.</summary>
public abstract class AuditPage(ListDatabase database, bool rolesOnly) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<AuditRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(AuditRoutes.List);
        var filter = AuditRoutes.Filter(query, User.TimeZone(), rolesOnly);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await AuditList.Read(db, filter, query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "entries", await AuditList.Count(db, filter), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(AuditRoutes.List);
        var filter = AuditRoutes.Filter(query, User.TimeZone(), rolesOnly);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "audit",
            query,
            slice => AuditList.Read(db, filter, slice),
            ("At", a => a.At),
            ("Kind", a => a.ActorKind),
            ("By", a => a.ActorName),
            ("Action", a => a.Action),
            ("Subject", a => a.Subject),
            ("Before", a => a.Before),
            ("After", a => a.After),
            ("From", a => a.RemoteAddress),
            ("Correlation", a => a.CorrelationId)
        );
        return new EmptyResult();
    }
}

public sealed class AuditModel(ListDatabase database) : AuditPage(database, rolesOnly: false);

/// <summary>What changed roles, and who has which.</summary>
public sealed class ChangesModel(ListDatabase database) : AuditPage(database, rolesOnly: true);
