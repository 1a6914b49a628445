using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Payments;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Observability;

namespace MPanel.Web.Pages;

/// <summary>The status page: says whether the panel works, to anybody; nothing about customers, and no numbers that are the company's business.</summary>
[AllowAnonymous]
public sealed class StatusModel(
    DatabaseHealth database,
    EngineHealth engine,
    AgentHealth agents,
    IOptions<StripeOptions> stripe,
    IWebHostEnvironment environment
) : PageModel
{
    public string EnvironmentName => environment.EnvironmentName;
    public IReadOnlyList<HealthCheckResult> Checks { get; private set; } = [];
    public bool Ready => Checks.All(c => c.Ready);

    public string? Notice => MoneyNotice.Of(stripe.Value);

    public async Task OnGetAsync()
    {
        var db = await database.Check(HttpContext.RequestAborted);
        Checks = db.Ready ? [db, engine.Check(), await agents.Check(HttpContext.RequestAborted)] : [db, engine.Check()];
    }
}
