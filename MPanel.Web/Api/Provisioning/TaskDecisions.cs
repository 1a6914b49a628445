using MPanel.Database.Provisioning;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Provisioning;

/// <summary>What people decide about provisioning tasks, by page and API alike: each decision one transaction, and audited in it.</summary>
public sealed class TaskDecisions(NpgsqlDataSource dataSource)
{
    public Task<Decision> Retry(HttpContext context, long id) =>
        Decide(
            context,
            id,
            RetryTask.Run,
            "task.retried",
            "not_retryable",
            "Task {0} is tried again.",
            "Only a failed task, or one that waits for its next attempt, can be tried again; and only one for the same thing at a time."
        );

    public Task<Decision> Cancel(HttpContext context, long id) =>
        Decide(
            context,
            id,
            CancelTask.Run,
            "task.cancelled",
            "not_cancellable",
            "Task {0} is cancelled.",
            "Only a task that is not done can be cancelled."
        );

    /// <param name="server">Name of the server it shall be done on.</param>
    public async Task<Decision> Move(HttpContext context, long id, string server)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var move = await MoveTask.Run(transaction, id, server, context.Actor().Name, context.TraceIdentifier);
        if (move.Refusal is { } code)
            return Decision.Refuse(id, code, WhyNotMoved(code, id, server));
        if (move.Tasks.Count > 0)
        {
            await context
                .Audit(
                    "task.moved",
                    $"task {id}",
                    AuditJson.Of(new { server = move.From }),
                    AuditJson.Of(new { server, tasks = move.Tasks })
                )
                .Append(db, transaction);
            await transaction.CommitAsync();
        }
        var others = move.Tasks.Count - 1;
        return Decision.Done(
            id,
            server,
            others < 0 ? $"Task {id} is on {server} already."
                : others == 0 ? $"Task {id} is moved to {server}."
                : $"Task {id} is moved to {server}, and {others} more of the same website with it."
        );
    }

    private async Task<Decision> Decide(
        HttpContext context,
        long id,
        Func<NpgsqlTransaction, long, string, string, Task<TaskDecision>> decide,
        string action,
        string refusalCode,
        string done,
        string refusal
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var decision = await decide(transaction, id, context.Actor().Name, context.TraceIdentifier);
        if (!decision.Found)
            return Decision.Refuse(id, "not_found", $"There is no task {id}.");
        if (!decision.Changed)
            return Decision.Refuse(id, refusalCode, $"Task {id} is {Words(decision.Before!)}. {refusal}");
        await context
            .Audit(action, $"task {id}", AuditJson.Of(new { status = decision.Before }), AuditJson.Of(new { status = decision.After }))
            .Append(db, transaction);
        await transaction.CommitAsync();
        return Decision.Done(id, decision.After!, done.Replace("{0}", $"{id}", StringComparison.Ordinal));
    }

    private static string WhyNotMoved(string code, long id, string server) =>
        code switch
        {
            "not_found" => $"There is no task {id}.",
            "not_movable" => $"Task {id} neither waits nor failed: only such a task can be moved.",
            "unknown_server" => $"There is no server {server}.",
            "server_unfit" => $"{server} is not active, or has not the role and tags that the task asks for.",
            "server_full" => $"{server} has no room for another website.",
            "website_live" => "What the task is about stands on its server already: a live site is not moved by moving a task.",
            "website_busy" => "Another task of the same website is running. Move it when that is over.",
            _ => "Somebody is changing the same tasks right now. Try again.",
        };

    private static string Words(string status) => status.Replace('_', ' ');
}
