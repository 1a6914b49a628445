using Dapper;
using Npgsql;

namespace MPanel.Database.Emails;

/// <summary>An e-mail that is to be sent.</summary>
/// <param name="Uid">Makes its Message-ID.</param>
/// <param name="Facts">JSON object.</param>
/// <param name="Age">Since it was queued.</param>
/// <param name="Suppressed">The address takes no mail.</param>
public sealed record OutgoingEmail(
    long Id,
    Guid Uid,
    string Template,
    string Locale,
    string Facts,
    string Status,
    int Tries,
    TimeSpan Age,
    bool Suppressed
)
{
    public required EmailTarget Target { get; init; }
}

/// <param name="SubjectId">Of the invoice, order, website or user that it is about.</param>
/// <param name="SealedLink">Encrypted; null for none.</param>
public sealed record EmailTarget(string Recipient, string RecipientName, string SubjectKind, long SubjectId, string? SealedLink);

/// <summary>What was said, without secrets.</summary>
public sealed record EmailContent(string Subject, string Text, string Html);

/// <summary>What the mail server said, or why nobody was asked.</summary>
/// <param name="Code">Stable.</param>
public sealed record EmailReason(string Code, string Text);

/// <summary>The way of one e-mail to its mail server. Each statement names the state it leaves, and says whether it was so.</summary>
public static class SendEmail
{
    /// <summary>Null when it was forgotten meanwhile.</summary>
    public static async Task<OutgoingEmail?> Get(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<OutgoingEmail, EmailTarget, OutgoingEmail>(
                """
                select e.id, e.uid, e.template, e.locale, e.facts::text as facts, e.status, e.tries, now() - e.created_at as age,
                    exists (select from email_suppressions s where s.address = lower(e.recipient)) as suppressed,
                    e.recipient, e.recipient_name, e.subject_kind, e.subject_id, e.sealed_link
                from emails e where e.id = @id
                """,
                (email, target) => email with { Target = target },
                new { id },
                splitOn: "recipient"
            )
        ).SingleOrDefault();

    /// <summary>Before the mail server hears of it: from here on nobody knows, until it is said how it ended.</summary>
    public static async Task<bool> Begin(NpgsqlConnection db, long id) =>
        await db.ExecuteAsync(
            """
            update emails set status = 'sending', tries = tries + 1, updated_at = now() where id = @id and status in ('queued', 'sending')
            """,
            new { id }
        ) == 1;

    /// <summary>The mail server took it.</summary>
    public static async Task<bool> Sent(NpgsqlTransaction transaction, long id, EmailContent content) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update emails
            set status = 'sent', sent_at = now(), updated_at = now(), reason_code = null, reason = null, sealed_link = null,
                subject_line = @Subject, body_text = @Text, body_html = @Html
            where id = @id and status = 'sending'
            """,
            new
            {
                id,
                content.Subject,
                content.Text,
                content.Html,
            },
            transaction
        ) == 1;

    /// <summary>It did not work, and will be tried again.</summary>
    public static Task Later(NpgsqlConnection db, long id, EmailReason reason) =>
        db.ExecuteAsync(
            """
            update emails set status = 'queued', reason_code = @Code, reason = @Text, updated_at = now()
            where id = @id and status in ('sending', 'queued')
            """,
            new
            {
                id,
                reason.Code,
                reason.Text,
            }
        );

    /// <summary>It is over without having been sent, as far as anybody knows.</summary>
    /// <param name="state">One of <see cref="EmailState"/>.</param>
    public static Task End(NpgsqlTransaction transaction, long id, string state, EmailReason reason) =>
        transaction.Connection!.ExecuteAsync(
            """
            update emails set status = @state, reason_code = @Code, reason = @Text, sealed_link = null, updated_at = now()
            where id = @id and status in ('queued', 'sending')
            """,
            new
            {
                id,
                state,
                reason.Code,
                reason.Text,
            },
            transaction
        );

    /// <summary>Nobody sends it any more. Of one that a mail server was being told, nobody knows whether it has it.</summary>
    public static Task GiveUp(NpgsqlTransaction transaction, long id, string reason) =>
        transaction.Connection!.ExecuteAsync(
            """
            update emails
            set status = case status when 'sending' then 'unknown' else 'skipped' end, reason_code = 'cancelled', reason = @reason,
                sealed_link = null, updated_at = now()
            where id = @id and status in ('queued', 'sending')
            """,
            new { id, reason },
            transaction
        );

    /// <summary>The address gets no more mail until a person says so.</summary>
    public static Task Suppress(NpgsqlTransaction transaction, long id, string reason) =>
        transaction.Connection!.ExecuteAsync(
            """
            insert into email_suppressions (address, reason, email_id) select lower(recipient), @reason, id from emails where id = @id
            on conflict (address) do nothing
            """,
            new { id, reason },
            transaction
        );
}
