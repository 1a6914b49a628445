using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Database.Audit;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

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

    /// <summary>Who asks, for actions.</summary>
    protected Actor Actor => HttpContext.Actor();

    /// <summary>The signed-in person, as timelines and the audit log name them.</summary>
    protected string ActorName => HttpContext.Actor().Name;

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

    /// <summary>The pages' one way of saying how an action ended: the same page again with a notice of what was done, or of why not.</summary>
    /// <param name="done">What was done.</param>
    protected async Task<IActionResult> Answer<T>(Outcome<T> outcome, Func<T, string> done) =>
        outcome is Outcome<T>.Done { Value: var value } ? Done(done(value)) : await NotDone(outcome);

    /// <summary>The answer to an outcome other than done. What a page shows beside a field, or compares, it handles before.</summary>
    protected async Task<IActionResult> NotDone<T>(Outcome<T> outcome)
    {
        switch (outcome)
        {
            case Outcome<T>.Missing:
                return NotFound();
            case Outcome<T>.Refused { Why.Kind: RefusalKind.Authority }:
                await HttpContext.RequestServices.GetRequiredService<AccessDenials>().Record(HttpContext, AccessDenials.BeyondPermissions);
                return StatusCode(StatusCodes.Status403Forbidden);
            case Outcome<T>.Refused { Why: var why }:
                return Refused(why.Text);
            case Outcome<T>.Conflict:
                return Refused("Somebody else changed this meanwhile. Nothing was done.");
            default:
                throw new InvalidOperationException("What was done is not refused.");
        }
    }
}
