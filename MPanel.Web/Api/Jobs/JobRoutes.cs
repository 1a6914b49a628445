using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Jobs;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Engine;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Jobs;

/// <summary>Background work: the outbox.</summary>
public static class JobRoutes
{
    public static readonly ListDefinition List = new(
        "-created",
        "Reference of an order",
        JobList.Sorts,
        [ListFilter.OneOf("state", "State", [.. JobState.All]), ListFilter.Text("kind", "Kind")]
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
            .WithSummary("One job with its steps");
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
        var filter = new JobListFilter(query.Text("state"), query.Text("kind"), query.Q);
        var slice = await JobList.Read(db, filter, query.Slice);
        return TypedResults.Ok(query.Page(slice, await JobList.Count(db, filter), job => JobView.Of(job, catalogue)));
    }

    public static async Task<Results<Ok<JobDetailView>, ProblemHttpResult>> One(
        long id,
        HttpContext context,
        ListDatabase database,
        StepCatalogue catalogue
    )
    {
        await using var db = await database.Open(context.RequestAborted);
        return await JobList.One(db, id) is { } job
            ? TypedResults.Ok(new JobDetailView(JobView.Of(job, catalogue), JobStepView.Of(job, catalogue)))
            : Problems.NotFound("job");
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

    private static Ok<JobChanged> Answer(DecidedJob job) => TypedResults.Ok(new JobChanged(job.Id, job.Kind, job.Subject));
}
