using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Database.Audit;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages;

/// <summary>What the panel's pages have in common: who asks, what they may, notices that survive a redirect, and audit entries.</summary>
public abstract class PanelPage : PageModel
{
    /// <summary>Shown by the layout once, after the redirect that follows a change.</summary>
    [TempData]
    public string? Notice { get; set; }

    /// <summary>The same for what went wrong.</summary>
    [TempData]
    public string? Alert { get; set; }

    /// <summary>The signed-in person, as timelines and the audit log name them.</summary>
    protected string ActorName => HttpContext.Actor().Name;

    protected string CorrelationId => HttpContext.TraceIdentifier;

    public long UserId => long.Parse(User.FindFirstValue(ClaimTypes.NameIdentifier)!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Of the browser that asks.</summary>
    public long SessionId =>
        long.Parse(User.FindFirstValue(SessionAuthentication.SessionIdClaim)!, System.Globalization.CultureInfo.InvariantCulture);

    public bool May(string permission) => User.HasPermission(permission);

    /// <param name="before">What stood there; null for something new.</param>
    /// <param name="after">What stands there now; null where nothing is left.</param>
    protected AuditEntry Audit(string action, string subject, object? before = null, object? after = null) =>
        HttpContext.Audit(action, subject, AuditJson.Of(before), AuditJson.Of(after));

    protected ListQuery ReadList(ListDefinition definition) => ListQuery.Read(definition, Request.Query);

    /// <summary>The same page again, after a change: a reload must not repeat it.</summary>
    protected IActionResult Done(string notice, string? location = null)
    {
        Notice = notice;
        return location is null ? LocalRedirect(Request.Path) : LocalRedirect(location);
    }

    /// <summary>The same page again, saying why nothing was changed.</summary>
    protected IActionResult Refused(string alert, string? location = null)
    {
        Alert = alert;
        return location is null ? LocalRedirect(Request.Path) : LocalRedirect(location);
    }
}
