using Dapper;
using Npgsql;

namespace MPanel.Database.Emails;

/// <summary>An e-mail, with what it said.</summary>
/// <param name="Facts">JSON object: what the template says it with.</param>
public sealed record EmailDetail(
    long Id,
    string Template,
    string Status,
    int Tries,
    string Facts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt
)
{
    /// <summary>Of the last try, or why it was not sent; null where nothing went wrong.</summary>
    public EmailReason? Reason { get; init; }

    public required EmailPerson Person { get; init; }

    /// <summary>As it was sent, without secrets; null until then.</summary>
    public EmailContent? Content { get; init; }
}

/// <param name="SuppressionId">Of the address, which takes no mail; null where it does.</param>
/// <param name="SuppressionReason">What the mail server said of it.</param>
public sealed record EmailPerson(
    string Recipient,
    string RecipientName,
    long? CustomerId,
    long? UserId,
    long? SuppressionId,
    string? SuppressionReason
);

/// <summary>An address that takes no mail.</summary>
/// <param name="Reason">What the mail server said.</param>
public sealed record Suppression(long Id, string Address, string Reason, DateTimeOffset CreatedAt);

public static class EmailFacts
{
    public static async Task<EmailDetail?> Of(NpgsqlConnection db, long id, NpgsqlTransaction? transaction = null) =>
        (
            await db.QueryAsync<EmailDetail, EmailReason?, EmailPerson, EmailContent?, EmailDetail>(
                """
                select e.id, e.template, e.status, e.tries, e.facts::text as facts, e.created_at, e.sent_at,
                    e.reason_code as code, e.reason as text, e.recipient, e.recipient_name, e.customer_id, e.user_id, s.id as suppression_id, s.reason as suppression_reason,
                    e.subject_line as subject, e.body_text as text, e.body_html as html
                from emails e left join email_suppressions s on s.address = lower(e.recipient)
                where e.id = @id
                """,
                (email, reason, person, content) => email with { Reason = reason, Person = person, Content = content },
                new { id },
                transaction,
                splitOn: "code,recipient,subject"
            )
        ).SingleOrDefault();

    /// <summary>Null where the address takes mail, as far as anybody knows.</summary>
    public static Task<Suppression?> SuppressionOf(NpgsqlConnection db, string address) =>
        db.QuerySingleOrDefaultAsync<Suppression>(
            "select id, address, reason, created_at from email_suppressions where address = lower(@address)",
            new { address }
        );
}

public static class EmailDecisions
{
    /// <summary>Queues the same again, to the address that its reader has by now.</summary>
    /// <param name="uid">Names the request: the same again is the same e-mail.</param>
    /// <returns>Its id; null when there is no such e-mail.</returns>
    public static Task<long?> Again(NpgsqlTransaction transaction, long id, Guid uid, string correlationId) =>
        transaction.Connection!.ExecuteScalarAsync<long?>(
            $"""
            with due as (
                insert into emails
                    (template, subject_kind, subject_id, stage, recipient, recipient_name, customer_id, user_id, locale, facts, correlation_id)
                select e.template, e.subject_kind, e.subject_id, 'again ' || @uid, coalesce(c.email, u.email, e.recipient), e.recipient_name,
                    e.customer_id, e.user_id, e.locale, e.facts, @correlationId
                from emails e left join customers c on c.id = e.customer_id left join users u on u.id = e.user_id
                where e.id = @id
                on conflict (template, subject_kind, subject_id, stage) do update set updated_at = emails.updated_at
                returning id, template, looks, correlation_id
            ), work as ({QueueEmail.Work})
            select id from due
            """,
            new
            {
                id,
                uid,
                correlationId,
            },
            transaction
        );

    /// <summary>The address gets mail again.</summary>
    /// <returns>The address; null when it gets mail already.</returns>
    public static Task<string?> Allow(NpgsqlTransaction transaction, long suppressionId) =>
        transaction.Connection!.ExecuteScalarAsync<string?>(
            "delete from email_suppressions where id = @suppressionId returning address",
            new { suppressionId },
            transaction
        );
}
