using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>What an agent says of the attempt it holds.</summary>
/// <param name="Succeeded">Otherwise it failed, and the error is set.</param>
/// <param name="Permanent">No further attempt would help.</param>
/// <param name="Digest">SHA-256 of the completion as the agent sent it: tells a repeat from a contradiction.</param>
/// <param name="Applied">JSON of the contract's AppliedState; null where the agent says nothing of what stands.</param>
public sealed record Completion(
    Guid LeaseToken,
    bool Succeeded,
    bool Permanent,
    string? ErrorCode,
    string? Error,
    byte[] Digest,
    string? Applied = null
);

/// <param name="Status">What the task is now; null when it is unknown to this server.</param>
/// <param name="Woken">Servers that have something to claim by this, to be told after the commit.</param>
public sealed record CompletedTask(
    LeaseAnswer Answer,
    string? Status,
    int? Attempt,
    string? Type,
    string? Domain,
    string? Plan,
    string? CorrelationId,
    long[] Woken
);

public static class CompleteTask
{
    /// <summary>
    /// Ends the attempt: the two statements of the command are one round trip and one transaction (or part of the caller's). A failed task
    /// goes back to pending until its attempts are spent or the failure is permanent, unless a later one of its placement waits: then it is
    /// cancelled. What its placement is like is written with it. For one that succeeded there is a job then, which
    /// does what follows from it (<see cref="FollowUpTask"/>).
    /// </summary>
    /// <param name="retryDelays">Waits between attempts: the first after the first failure, the last for all that follow.</param>
    public static Task<CompletedTask> Run(
        NpgsqlConnection db,
        long taskId,
        long serverId,
        Completion completion,
        IReadOnlyList<TimeSpan> retryDelays
    ) => TaskSuperseded.Run(() => Once(db, taskId, serverId, completion, retryDelays));

    private static async Task<CompletedTask> Once(
        NpgsqlConnection db,
        long taskId,
        long serverId,
        Completion completion,
        IReadOnlyList<TimeSpan> retryDelays
    )
    {
        await using var results = await db.QueryMultipleAsync(
            completion.Succeeded ? TaskSuccess.Sql : TaskFailure.Sql,
            new
            {
                taskId,
                serverId,
                completion.LeaseToken,
                completion.Permanent,
                completion.ErrorCode,
                completion.Error,
                completion.Digest,
                completion.Applied,
                RetryDelays = retryDelays.ToArray(),
            }
        );
        await results.ReadAsync<long>();
        await results.ReadAsync<long>();
        return await results.ReadSingleAsync<CompletedTask>();
    }
}
