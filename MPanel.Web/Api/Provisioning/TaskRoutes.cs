using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Lists;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Access;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Provisioning;

/// <summary>Provisioning tasks, for admins to see and mend.</summary>
public static class TaskRoutes
{
    private const int LogLinesShown = 5000;

    public static readonly PanelList<TaskFacts, TaskFilter> List = new(
        "tasks",
        new ListDefinition(
            "-created",
            "Domain",
            TaskList.Sorts,
            [
                ListFilter.OneOf("status", "Status", [.. TaskState.All]),
                ListFilter.OneOf("type", "Type", [.. TaskKinds.Codes]),
                ListFilter.Text("server", "Server"),
                ListFilter.Number("website"),
                ListFilter.Text("order"),
            ]
        ),
        Filter,
        TaskList.Read,
        (db, filter, _) => TaskList.Count(db, filter),
        new("Task", t => t.Id),
        new("Type", t => t.Type),
        new("Action", t => t.Action),
        new("Domain", t => t.Domain),
        new("Plan", t => t.Plan),
        new("Status", t => t.Status),
        new("Order", t => t.OrderReference),
        new("Server", t => t.ServerName),
        new("Attempt", t => t.Attempt),
        new("Waits for", (t, context) => WaitingFor.Of(t, OfflineAfter(context))),
        new("Error code", t => t.LastErrorCode),
        new("Error", t => t.LastError),
        new("Created", t => t.CreatedAt),
        new("Finished", t => t.FinishedAt)
    );

    public static void MapProvisioning(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/admin/provisioning/tasks", Page)
            .RequirePermission(Permissions.ProvisioningView)
            .Refuses(400)
            .TakesList(List.Definition)
            .WithSummary("Provisioning tasks, newest first");
        app.MapGet("/api/admin/provisioning/tasks/{id:long}", One)
            .RequirePermission(Permissions.ProvisioningView)
            .Refuses(404)
            .WithSummary("One task with its attempts and log");
        app.MapPost("/api/admin/provisioning/tasks/{id:long}/retry", Retry)
            .RequirePermission(Permissions.ProvisioningRetry)
            .Refuses(404, 409)
            .WithSummary("Try a failed task again, or a waiting one now");
        app.MapPost("/api/admin/provisioning/tasks/{id:long}/cancel", Cancel)
            .RequirePermission(Permissions.ProvisioningRetry)
            .Refuses(404, 409)
            .WithSummary("Give a task up");
        app.MapPost("/api/admin/provisioning/tasks/{id:long}/move", Move)
            .RequirePermission(Permissions.ProvisioningRetry)
            .Refuses(404, 409, 422)
            .WithSummary("Have a waiting or failed task done on another server, with the rest of its website");
        app.MapPost("/api/admin/provisioning/tasks/retry", RetryMany)
            .RequirePermission(Permissions.ProvisioningRetry)
            .WithSummary("Try many tasks again, and say which were refused");
    }

    private static TaskFilter Filter(ListQuery query, HttpContext _) =>
        new(query.Like, query.Text("status"), query.Text("type"), query.Text("server"), query.Number("website"), query.Text("order"));

    private static TimeSpan OfflineAfter(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<ProvisioningOptions>>().Value.OfflineAfter;

    public static Task<Results<Ok<Page<TaskView>>, ProblemHttpResult>> Page(HttpContext context, ListDatabase database) =>
        List.Answer(context, database, task => TaskView.Of(task, OfflineAfter(context)));

    public static async Task<Results<Ok<TaskDetailView>, ProblemHttpResult>> One(
        long id,
        HttpContext context,
        ListDatabase database,
        IOptions<ProvisioningOptions> options
    )
    {
        await using var db = await database.Open(context.RequestAborted);
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

    public static async Task<Results<Ok<TaskDecided>, ProblemHttpResult>> Retry(long id, HttpContext context, TaskActions tasks) =>
        await (await tasks.Retry(context.Actor(), id)).ToResult(context, "task", Answer);

    public static async Task<Results<Ok<TaskDecided>, ProblemHttpResult>> Cancel(long id, HttpContext context, TaskActions tasks) =>
        await (await tasks.Cancel(context.Actor(), id)).ToResult(context, "task", Answer);

    public static async Task<Results<Ok<TaskMoved>, ProblemHttpResult>> Move(
        long id,
        MoveRequest request,
        HttpContext context,
        TaskActions tasks
    ) =>
        await (await tasks.Move(context.Actor(), id, request.Server)).ToResult(
            context,
            "task",
            moved => TypedResults.Ok(new TaskMoved(moved.Id, moved.Server))
        );

    public static async Task<Results<Ok<BulkAnswer>, ProblemHttpResult>> RetryMany(
        BulkRequest request,
        HttpContext context,
        TaskActions tasks
    ) =>
        request.Error is { } error
            ? Problems.Invalid([error])
            : TypedResults.Ok(BulkAnswer.Of(await BulkRequest.Each(request.Ids!, "task", id => tasks.Retry(context.Actor(), id))));

    private static Ok<TaskDecided> Answer(DecidedTask task) => TypedResults.Ok(new TaskDecided(task.Id, task.Status));
}
