namespace MPanel.Web.Platform.Observability;

public static class ObservabilityRoutes
{
    public static void MapObservability(this WebApplication app)
    {
        app.MapGet("/healthz", () => Results.Text("alive")).AllowAnonymous().WithSummary("Alive").Produces<string>(200, "text/plain");
        app.MapGet("/readyz", Ready)
            .AllowAnonymous()
            .WithSummary("Ready to serve: database, migrations, job engine")
            .Produces<Readiness>()
            .Produces<Readiness>(503);
        app.MapGet("/metrics", (HttpContext context, MetricsText metrics) => metrics.Write(context))
            .AllowAnonymous()
            .WithSummary("Metrics in Prometheus text format")
            .Produces<string>(200, "text/plain");
        app.MapOpenApi().AllowAnonymous();
    }

    private static async Task<IResult> Ready(DatabaseHealth database, EngineHealth engine, CancellationToken cancellationToken)
    {
        var checks = new[] { await database.Check(cancellationToken), engine.Check() };
        var ready = checks.All(c => c.Ready);
        return Results.Json(new Readiness(ready, checks), statusCode: ready ? 200 : 503);
    }

    private sealed record Readiness(bool Ready, IReadOnlyList<HealthCheckResult> Checks);
}
