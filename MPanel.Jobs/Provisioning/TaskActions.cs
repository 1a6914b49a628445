using MPanel.Database.Provisioning;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Provisioning;

/// <param name="Status">The task's status now.</param>
/// <param name="Text">One sentence: what was done.</param>
public sealed record DecidedTask(long Id, string Status, string Text);

/// <param name="Server">Name of the server it is on now.</param>
/// <param name="Text">One sentence: what was done.</param>
public sealed record MovedTask(long Id, string Server, string Text);

/// <summary>What people do to provisioning tasks: each action one transaction, with its audit entry in it.</summary>
public sealed class TaskActions(NpgsqlDataSource dataSource, TaskAnnouncements announcements)
{
    public Task<Outcome<DecidedTask>> Retry(Actor actor, long id) =>
        Decide(
            actor,
            id,
            RetryTask.Run,
            "task.retried",
            "not_retryable",
            "Task {0} is tried again.",
            "Only a failed task, or one that waits for its next attempt, can be tried again; and only one for the same thing at a time."
        );

    public Task<Outcome<DecidedTask>> Cancel(Actor actor, long id) =>
        Decide(
            actor,
            id,
            CancelTask.Run,
            "task.cancelled",
            "not_cancellable",
            "Task {0} is cancelled.",
            "Only a task that is not done can be cancelled."
        );

    /// <param name="server">Name of the server it shall be done on.</param>
    public async Task<Outcome<MovedTask>> Move(Actor actor, long id, string? server)
    {
        if (string.IsNullOrWhiteSpace(server) || server.Length > 63)
            return Refusal.Invalid("server", "required", "Must be the name of a server.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var move = await MoveTask.Run(transaction, id, server, actor.Name, actor.CorrelationId);
        if (move.Refusal is { } code)
            return WhyNotMoved(code, id, server);
        if (move.Tasks.Count > 0)
        {
            await actor
                .Audit(
                    "task.moved",
                    $"task {id}",
                    AuditJson.Of(new { server = move.From }),
                    AuditJson.Of(new { server, tasks = move.Tasks })
                )
                .Append(db, transaction);
            await transaction.CommitAsync();
            await announcements.Send(db, move.Woken);
        }
        var others = move.Tasks.Count - 1;
        return new Outcome<MovedTask>.Done(
            new MovedTask(
                id,
                server,
                others < 0 ? $"Task {id} is on {server} already."
                    : others == 0 ? $"Task {id} is moved to {server}."
                    : $"Task {id} is moved to {server}, and {others} more of the same website with it."
            )
        );
    }

    private async Task<Outcome<DecidedTask>> Decide(
        Actor actor,
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
        var decision = await decide(transaction, id, actor.Name, actor.CorrelationId);
        if (!decision.Found)
            return new Outcome<DecidedTask>.Missing();
        if (!decision.Changed)
            return Refusal.State(refusalCode, $"Task {id} is {Words(decision.Before!)}. {refusal}");
        await actor
            .Audit(action, $"task {id}", AuditJson.Of(new { status = decision.Before }), AuditJson.Of(new { status = decision.After }))
            .Append(db, transaction);
        await transaction.CommitAsync();
        await announcements.Send(db, decision.Woken);
        return new Outcome<DecidedTask>.Done(new DecidedTask(id, decision.After!, done.Replace("{0}", $"{id}", StringComparison.Ordinal)));
    }

    private static Outcome<MovedTask> WhyNotMoved(string code, long id, string server) =>
        code switch
        {
            "not_found" => new Outcome<MovedTask>.Missing(),
            "not_movable" => Refusal.State(code, $"Task {id} neither waits nor failed: only such a task can be moved."),
            "unknown_server" => Refusal.Unfit(code, $"There is no server {server}."),
            "server_unfit" => Refusal.Unfit(code, $"{server} is not active, or has not the role and tags that the task asks for."),
            "server_full" => Refusal.State(code, $"{server} has no room for another website."),
            "website_live" => Refusal.State(
                code,
                "What the task is about stands on its server already: a live site is not moved by moving a task."
            ),
            "website_busy" => Refusal.State(code, "Another task of the same website is running. Move it when that is over."),
            _ => Refusal.State(code, "Somebody is changing the same tasks right now. Try again."),
        };

    private static string Words(string status) => status.Replace('_', ' ');
}
