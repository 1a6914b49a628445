using MPanel.Database.Audit;
using MPanel.Database.Lists;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api.Access;
using MPanel.Web.Platform.Lists;

namespace MPanel.Web.Pages.Access.Security;

/// <summary>The audit log, or a part of it.</summary>
public abstract class AuditPage(ListDatabase database, bool rolesOnly) : ListPage<AuditRow, AuditFilter>(AuditRoutes.List, database)
{
    protected override AuditFilter Within(AuditFilter filter) => filter with { RolesOnly = rolesOnly };
}

public sealed class AuditModel(ListDatabase database) : AuditPage(database, rolesOnly: false);

/// <summary>What changed roles, and who has which.</summary>
public sealed class ChangesModel(ListDatabase database) : AuditPage(database, rolesOnly: true);
