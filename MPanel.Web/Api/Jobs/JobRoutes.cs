using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Jobs;
using MPanel.Jobs.Engine;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Jobs;

/// <summary>The ledger of background work, whatever engine carries it.</summary>
public static class JobRoutes
{
    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/jobs", List).RequirePermission("jobs.view").Refuses(400).WithSummary("Background jobs, newest first");
        app.MapPost("/api/admin/jobs/{id:long}/retry", Retry)
            .RequirePermission("jobs.manage")
            .Refuses(404, 409)
            .WithSummary("Run a failed job again");
    }

    public static async Task<Results<Ok<Page<JobRow>>, ProblemHttpResult>> List(
        NpgsqlDataSource dataSource,
        string? state = null,
        string? q = null,
        string? cursor = null,
        int? pageSize = null
    )
    {
        var (paging, error) = Paging.Read(pageSize, cursor);
        if (state is not (null or "waiting" or "due" or "running" or "done" or "failed" or "cancelled"))
            error ??= new FieldError("state", "unknown_state", "Must be waiting, due, running, done, failed or cancelled.");
        if (q is { Length: > 200 })
            error ??= new FieldError("q", "too_long", "Must be at most 200 characters.");
        if (error is not null || paging is null)
            return Problems.Invalid([error!]);
        await using var db = await dataSource.OpenConnectionAsync();
        var filter = new StepFilter(state, string.IsNullOrWhiteSpace(q) ? null : q, paging.Before, paging.Size + 1);
        var rows = await ListSteps.Run(db, filter);
        return TypedResults.Ok(paging.Of(rows, await CountSteps.Run(db, filter), r => r.Id, r => r));
    }

    public static async Task<Results<Ok<JobRetried>, ProblemHttpResult>> Retry(
        long id,
        HttpContext context,
        NpgsqlDataSource dataSource,
        JobControl jobs
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await jobs.Retry(transaction, id, context.Actor().Name, CancellationToken.None) is not { } step)
            return await StepExists.Run(db, id)
                ? Problems.Of(StatusCodes.Status409Conflict, "not_failed", $"Job {id} is not a failed job: there is nothing to retry.")
                : Problems.NotFound("job");
        await context
            .Audit(
                "job.retried",
                $"job {id}",
                """{"state":"failed"}""",
                JsonSerializer.Serialize(
                    new
                    {
                        state = "due",
                        step.Kind,
                        step.Subject,
                    },
                    JsonSerializerOptions.Web
                )
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        jobs.Wake(step);
        return TypedResults.Ok(new JobRetried(step.Id, step.Kind, step.Subject));
    }
}

public sealed record JobRetried(long Id, string Kind, string Subject);
