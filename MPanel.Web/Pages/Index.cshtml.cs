using Microsoft.AspNetCore.Mvc.RazorPages;
using MPanel.Web.Observability;

namespace MPanel.Web.Pages;

/// <summary>The status page: says whether the panel works, to anybody; nothing about customers.</summary>
public sealed class IndexModel(DatabaseHealth database, EngineHealth engine, IWebHostEnvironment environment) : PageModel
{
    public string EnvironmentName => environment.EnvironmentName;
    public IReadOnlyList<HealthCheckResult> Checks { get; private set; } = [];
    public bool Ready => Checks.All(c => c.Ready);

    public async Task OnGetAsync() => Checks = [await database.Check(HttpContext.RequestAborted), engine.Check()];
}
