using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Jobs;

/// <summary>The ledger of background work.</summary>
public static class JobRoutes
{
    public static readonly ListDefinition List = new(
        "-created",
        "What it is about, or a correlation id",
        ListSteps.Sorts,
        [
            ListFilter.OneOf(
                "state",
                "State",
                StepState.Waiting,
                StepState.Due,
                StepState.Enqueued,
                StepState.Scheduled,
                StepState.Running,
                StepState.Done,
                StepState.Failed,
                StepState.Cancelled
            ),
            ListFilter.Text("kind", "Kind"),
        ]
    );

    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/jobs", Page)
            .RequirePermission(Permissions.JobsView)
            .Refuses(400)
            .TakesList(List)
            .WithSummary("Background jobs, newest first");
        app.MapGet("/api/admin/jobs/{id:long}", One)
            .RequirePermission(Permissions.JobsView)
            .Refuses(404)
            .WithSummary("One job with all of its chain");
        app.MapPost("/api/admin/jobs/{id:long}/retry", Retry)
            .RequirePermission(Permissions.JobsManage)
            .Refuses(404, 409)
            .WithSummary("Run a failed job again");
        app.MapPost("/api/admin/jobs/{id:long}/cancel", Cancel)
            .RequirePermission(Permissions.JobsManage)
            .Refuses(404, 409)
            .WithSummary("Give up a job and what was to follow it");
        app.MapPost("/api/admin/jobs/retry", RetryMany)
            .RequirePermission(Permissions.JobsManage)
            .WithSummary("Run many failed jobs again, and say which were refused");
    }

    /// <summary>A kind that belongs to no longer chain is looked up by its chain, of which there is an index.</summary>
    public static StepFilter Filter(ListQuery query, StepCatalogue catalogue)
    {
        var kind = query.Text("kind");
        var inChain = kind is not null && catalogue.IsInChain(kind);
        return new StepFilter(query.Text("state"), query.Like, query.Q, inChain ? kind : null, inChain ? null : kind);
    }

    public static async Task<Results<Ok<Page<JobView>>, ProblemHttpResult>> Page(
        HttpContext context,
        ListDatabase database,
        StepCatalogue catalogue
    )
    {
        var query = ListQuery.Read(List, context.Request.Query);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors);
        await using var db = await database.Open(context.RequestAborted);
        var filter = Filter(query, catalogue);
        var slice = await ListSteps.Read(db, filter, query.Slice);
        return TypedResults.Ok(query.Page(slice, await ListSteps.Count(db, filter), JobView.Of));
    }

    public static async Task<Results<Ok<JobDetailView>, ProblemHttpResult>> One(long id, HttpContext context, ListDatabase database)
    {
        await using var db = await database.Open(context.RequestAborted);
        var chain = (await ChainSteps.OfStep(db, id)).Select(JobView.Of).ToList();
        return chain.Find(s => s.Id == id) is { } job ? TypedResults.Ok(new JobDetailView(job, chain)) : Problems.NotFound("job");
    }

    public static async Task<Results<Ok<JobChanged>, ProblemHttpResult>> Retry(long id, HttpContext context, JobActions jobs) =>
        await (await jobs.Retry(context.Actor(), id)).ToResult(context, "job", Answer);

    public static async Task<Results<Ok<JobChanged>, ProblemHttpResult>> Cancel(long id, HttpContext context, JobActions jobs) =>
        await (await jobs.Cancel(context.Actor(), id)).ToResult(context, "job", Answer);

    public static async Task<Results<Ok<BulkAnswer>, ProblemHttpResult>> RetryMany(
        BulkRequest request,
        HttpContext context,
        JobActions jobs
    ) =>
        request.Error is { } error
            ? Problems.Invalid([error])
            : TypedResults.Ok(BulkAnswer.Of(await BulkRequest.Each(request.Ids!, "job", id => jobs.Retry(context.Actor(), id))));

    private static Ok<JobChanged> Answer(DecidedJob job) => TypedResults.Ok(new JobChanged(job.Step.Id, job.Step.Kind, job.Step.Subject));
}
