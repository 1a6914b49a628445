using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Payments;
using MPanel.Web.Observability;

namespace MPanel.Web.Pages;

/// <summary>The status page: says whether the panel works, to anybody; nothing about customers, and no numbers that are the company's business.</summary>
public sealed class IndexModel(
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

    /// <summary>What a person must know before believing any amount on this panel; null when Stripe is Stripe, and live.</summary>
    public string? MoneyNotice =>
        new Uri(stripe.Value.BaseUrl).IsLoopback ? "A simulator stands in for Stripe: no real money moves."
        : !stripe.Value.ExpectedLiveMode ? "Stripe's test mode: no real money moves."
        : null;

    public async Task OnGetAsync()
    {
        var db = await database.Check(HttpContext.RequestAborted);
        Checks = db.Ready ? [db, engine.Check(), await agents.Check(HttpContext.RequestAborted)] : [db, engine.Check()];
    }
}
