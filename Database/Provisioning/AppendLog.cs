using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Level"><c>info</c>, <c>warn</c> or <c>error</c>.</param>
/// <param name="Message">Cleaned and masked by the caller.</param>
public sealed record NewLogLine(int Seq, DateTimeOffset At, string Level, string Message);

/// <param name="MaxBytes">UTF-8 bytes of all messages of one attempt.</param>
/// <param name="MaxLines">Lines of one attempt.</param>
public sealed record LogCaps(int MaxBytes, int MaxLines);

public static class AppendLog
{
    /// <summary>
    /// Adds the lines that the attempt does not have yet, as far as its caps allow; what is left out is noted on the attempt.
    /// Accepted, StaleLease or NotFound.
    /// </summary>
    public static async Task<LeaseAnswer> Run(
        NpgsqlConnection db,
        long taskId,
        long serverId,
        Guid leaseToken,
        IReadOnlyList<NewLogLine> lines,
        LogCaps caps
    ) =>
        Enum.Parse<LeaseAnswer>(
            await db.QuerySingleAsync<string>(
                """
                with held as (
                    -- Locked, so that two reports at once count one after the other.
                    select a.task_id, a.attempt, a.log_bytes, a.log_lines
                    from task_attempts a join provisioning_tasks t on t.id = a.task_id
                    where a.task_id = @taskId and a.lease_token = @leaseToken and a.server_id = @serverId
                      and t.status = 'in_progress' and t.lease_token = @leaseToken
                    for no key update of a
                ), fresh as (
                    select distinct on (l.seq) h.task_id, h.attempt, l.seq, l.at, l.level, l.message
                    from unnest(@Seqs, @Ats, @Levels, @Messages) as l (seq, at, level, message) cross join held h
                    where not exists (
                        select 1 from task_log_lines k where k.task_id = h.task_id and k.attempt = h.attempt and k.seq = l.seq
                    )
                    order by l.seq
                ), measured as (
                    select f.*,
                           h.log_bytes + sum(octet_length(f.message)) over (order by f.seq) as bytes_after,
                           h.log_lines + row_number() over (order by f.seq) as lines_after
                    from fresh f cross join held h
                ), kept as (
                    insert into task_log_lines (task_id, attempt, seq, at, level, message)
                    select task_id, attempt, seq, at, level, message from measured
                    where bytes_after <= @MaxBytes and lines_after <= @MaxLines
                    on conflict do nothing
                    returning octet_length(message) as bytes
                ), counted as (
                    update task_attempts a
                    set log_bytes = a.log_bytes + (select coalesce(sum(bytes), 0) from kept),
                        log_lines = a.log_lines + (select count(*) from kept),
                        log_truncated = a.log_truncated
                            or exists (select 1 from measured where bytes_after > @MaxBytes or lines_after > @MaxLines)
                    from held h where a.task_id = h.task_id and a.attempt = h.attempt
                )
                select case
                    when exists (select 1 from held) then 'Accepted'
                    when exists (select 1 from provisioning_tasks where id = @taskId and server_id = @serverId)
                      or exists (select 1 from task_attempts where task_id = @taskId and server_id = @serverId) then 'StaleLease'
                    else 'NotFound'
                end
                """,
                new
                {
                    taskId,
                    serverId,
                    leaseToken,
                    Seqs = lines.Select(l => l.Seq).ToArray(),
                    Ats = lines.Select(l => l.At.UtcDateTime).ToArray(),
                    Levels = lines.Select(l => l.Level).ToArray(),
                    Messages = lines.Select(l => l.Message).ToArray(),
                    caps.MaxBytes,
                    caps.MaxLines,
                }
            )
        );
}
