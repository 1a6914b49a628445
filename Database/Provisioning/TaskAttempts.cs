using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Outcome"><c>success</c>, <c>failed</c>, <c>lease_expired</c>, <c>released</c>, <c>cancelled</c>; null while it runs.</param>
/// <param name="LogTruncated">The agent sent more log than is kept.</param>
public sealed record TaskAttempt(
    int Attempt,
    string Server,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    string? Outcome,
    bool Permanent,
    string? ErrorCode,
    string? Error,
    int LogBytes,
    bool LogTruncated
);

/// <param name="Level"><c>info</c>, <c>warn</c> or <c>error</c>.</param>
public sealed record TaskLogLine(int Attempt, int Seq, DateTimeOffset At, string Level, string Message);

public static class TaskAttempts
{
    public static Task<IEnumerable<TaskAttempt>> Of(NpgsqlConnection db, long taskId) =>
        db.QueryAsync<TaskAttempt>(
            """
            select a.attempt, s.name as server, a.started_at, a.finished_at, a.outcome, a.permanent, a.error_code, a.error,
                   a.log_bytes, a.log_truncated
            from task_attempts a join servers s on s.id = a.server_id
            where a.task_id = @taskId
            order by a.attempt
            """,
            new { taskId }
        );

    /// <summary>The last lines of all attempts together, in the order they were written.</summary>
    public static async Task<IEnumerable<TaskLogLine>> Log(NpgsqlConnection db, long taskId, int limit) =>
        (
            await db.QueryAsync<TaskLogLine>(
                """
                select attempt, seq, at, level, message from task_log_lines
                where task_id = @taskId
                order by attempt desc, seq desc
                limit @limit
                """,
                new { taskId, limit }
            )
        ).Reverse();

    /// <summary>The lines behind a line already seen, in the order they were written.</summary>
    /// <param name="seq">Number of the last line seen, in <paramref name="attempt"/>.</param>
    public static Task<IEnumerable<TaskLogLine>> LogAfter(NpgsqlConnection db, long taskId, int attempt, int seq, int limit) =>
        db.QueryAsync<TaskLogLine>(
            """
            select attempt, seq, at, level, message from task_log_lines
            where task_id = @taskId and (attempt, seq) > (@attempt, @seq)
            order by attempt, seq
            limit @limit
            """,
            new
            {
                taskId,
                attempt,
                seq,
                limit,
            }
        );
}
