using Microsoft.AspNetCore.Http;
using MPanel.Database.Audit;

namespace MPanel.Jobs.Engine.Hangfire.Dashboard;

/// <summary>What the dashboard must know of the panel's visitors; the panel says how to find it out.</summary>
/// <param name="May">Whether the visitor holds a permission, such as <c>jobs.manage</c>.</param>
/// <param name="Name">For records of what the visitor did.</param>
/// <param name="Audit">Action, subject, before, after (JSON or null).</param>
public sealed record DashboardVisitors(
    Func<HttpContext, string, bool> May,
    Func<HttpContext, string> Name,
    Func<HttpContext, string, string, string?, string?, AuditEntry> Audit
);
