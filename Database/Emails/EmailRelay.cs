using Dapper;
using Npgsql;

namespace MPanel.Database.Emails;

/// <summary>The mail server as it was last seen, and whether this installation sends at all.</summary>
/// <param name="DownSince">Since when every try has failed; null while it answers.</param>
/// <param name="Waiting">E-mails that wait, for their next try or for e-mail to be switched on.</param>
public sealed record RelayRow(bool Enabled, DateTimeOffset? DownSince, string? Problem, long Waiting);

public static class EmailRelay
{
    public static Task<RelayRow> Get(NpgsqlConnection db) =>
        db.QuerySingleAsync<RelayRow>(
            """
            select enabled, down_since, problem, (select count(*) from emails where status in ('queued', 'sending')) as waiting from email_relay
            """
        );

    /// <summary>As the settings have it. Off, nothing is wrong with the mail server.</summary>
    public static Task Switch(NpgsqlConnection db, bool enabled) =>
        db.ExecuteAsync(
            """
            update email_relay
            set enabled = @enabled, down_since = case when @enabled then down_since end, problem = case when @enabled then problem end,
                updated_at = now()
            where enabled <> @enabled
            """,
            new { enabled }
        );

    /// <summary>It could not be reached, or refuses whatever it is asked.</summary>
    public static Task Down(NpgsqlConnection db, string problem) =>
        db.ExecuteAsync(
            "update email_relay set down_since = coalesce(down_since, now()), problem = @problem, updated_at = now()",
            new { problem }
        );

    public static Task Up(NpgsqlConnection db) =>
        db.ExecuteAsync("update email_relay set down_since = null, problem = null, updated_at = now() where down_since is not null");

    /// <summary>What was queued while e-mail was off, and is not too old, gets its work. At most so many at a time.</summary>
    public static Task<int> TakeUp(NpgsqlConnection db, int most) =>
        db.ExecuteScalarAsync<int>(
            $"""
            with due as (
                update emails e set looks = looks + 1, updated_at = now()
                where e.id in (
                    select q.id from emails q
                    where q.status = 'queued' and q.created_at < now() - interval '1 minute'
                      and not exists (select from outbox o where o.key = 'email:' || q.id || ':' || q.looks and o.done_at is null)
                    order by q.id limit @most for update skip locked
                ) and (select enabled from email_relay)
                returning e.id, e.template, e.looks, e.correlation_id
            ), work as ({QueueEmail.Work})
            select count(*)::integer from due
            """,
            new { most }
        );

    /// <summary>What waited for longer than that says nothing worth knowing any more.</summary>
    public static Task<int> SkipOlder(NpgsqlConnection db, TimeSpan than) =>
        db.ExecuteAsync(
            """
            update emails e set status = 'skipped', sealed_link = null, reason_code = 'too_late', updated_at = now(),
                reason = 'E-mail was switched off for too long.'
            where e.status = 'queued' and e.created_at < now() - @than
              and not exists (select from outbox o where o.key = 'email:' || e.id || ':' || e.looks and o.done_at is null)
            """,
            new { than }
        );

    /// <summary>Forgets e-mails that were over long ago, and what staff were told. At most so many at a time.</summary>
    public static Task<int> Prune(NpgsqlConnection db, TimeSpan keep, int most) =>
        db.ExecuteScalarAsync<int>(
            """
            with gone as (
                delete from emails where id in (
                    select id from emails where created_at < now() - @keep and status not in ('queued', 'sending') order by created_at limit @most
                )
                returning 1
            ), told as (
                delete from staff_alerts where told_at < now() - @keep
            ), links as (
                delete from password_resets where expires_at < now() - interval '30 days'
            )
            select count(*)::integer from gone
            """,
            new { keep, most }
        );
}
