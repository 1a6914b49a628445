using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Provisioning;

/// <summary>Provisioning tasks, for admins to see and mend.</summary>
public static class TaskRoutes
{
    private const int LogLinesShown = 5000;

    public static void MapProvisioning(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/provisioning/tasks", List)
            .RequirePermission("provisioning.view")
            .Refuses(400)
            .WithSummary("Provisioning tasks, newest first");
        app.MapGet("/api/admin/provisioning/tasks/{id:long}", One)
            .RequirePermission("provisioning.view")
            .Refuses(404)
            .WithSummary("One task with its attempts and log");
        app.MapPost("/api/admin/provisioning/tasks/{id:long}/retry", Retry)
            .RequirePermission("provisioning.retry")
            .Refuses(404, 409)
            .WithSummary("Try a failed task again, or a waiting one now");
        app.MapPost("/api/admin/provisioning/tasks/{id:long}/cancel", Cancel)
            .RequirePermission("provisioning.retry")
            .Refuses(404, 409)
            .WithSummary("Give a task up");
    }

    public static async Task<Results<Ok<Page<TaskView>>, ProblemHttpResult>> List(
        NpgsqlDataSource dataSource,
        IOptions<ProvisioningOptions> options,
        string? status = null,
        string? cursor = null,
        int? pageSize = null
    )
    {
        var (paging, error) = Paging.Read(pageSize, cursor);
        if (status is not (null or "pending" or "in_progress" or "success" or "failed" or "cancelled"))
            error ??= new FieldError("status", "unknown_status", "Must be pending, in_progress, success, failed or cancelled.");
        if (error is not null || paging is null)
            return Problems.Invalid([error!]);
        await using var db = await dataSource.OpenConnectionAsync();
        var rows = (await TaskList.Page(db, status, paging.Before, paging.Size + 1)).ToList();
        return TypedResults.Ok(
            paging.Of(rows, await TaskList.Count(db, status), t => t.Id, t => TaskView.Of(t, options.Value.OfflineAfter))
        );
    }

    public static async Task<Results<Ok<TaskDetailView>, ProblemHttpResult>> One(
        long id,
        NpgsqlDataSource dataSource,
        IOptions<ProvisioningOptions> options
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await TaskList.One(db, id) is not { } task)
            return Problems.NotFound("task");
        return TypedResults.Ok(
            new TaskDetailView(
                TaskView.Of(task, options.Value.OfflineAfter),
                [.. await TaskAttempts.Of(db, id)],
                [.. await TaskAttempts.Log(db, id, LogLinesShown)]
            )
        );
    }

    public static Task<Results<Ok<TaskDecided>, ProblemHttpResult>> Retry(long id, HttpContext context, NpgsqlDataSource dataSource) =>
        Decide(
            id,
            context,
            dataSource,
            RetryTask.Run,
            "task.retried",
            "not_retryable",
            "Only a failed task, or one that waits for its next attempt, can be tried again; and only one for the same thing at a time."
        );

    public static Task<Results<Ok<TaskDecided>, ProblemHttpResult>> Cancel(long id, HttpContext context, NpgsqlDataSource dataSource) =>
        Decide(
            id,
            context,
            dataSource,
            CancelTask.Run,
            "task.cancelled",
            "not_cancellable",
            "Only a task that is not done can be cancelled."
        );

    private static async Task<Results<Ok<TaskDecided>, ProblemHttpResult>> Decide(
        long id,
        HttpContext context,
        NpgsqlDataSource dataSource,
        Func<NpgsqlTransaction, long, string, string, Task<TaskDecision>> decide,
        string action,
        string refusalCode,
        string refusal
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var decision = await decide(transaction, id, context.Actor().Name, context.TraceIdentifier);
        if (!decision.Found)
            return Problems.NotFound("task");
        if (!decision.Changed)
            return Problems.Of(StatusCodes.Status409Conflict, refusalCode, $"The task is {decision.Before}. {refusal}");
        await context.Audit(action, $"task {id}", Status(decision.Before), Status(decision.After)).Append(db, transaction);
        await transaction.CommitAsync();
        return TypedResults.Ok(new TaskDecided(id, decision.After!));
    }

    private static string Status(string? status) => JsonSerializer.Serialize(new { status });
}
