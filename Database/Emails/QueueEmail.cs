using Dapper;
using MPanel.Database.Invoices;
using Npgsql;

namespace MPanel.Database.Emails;

/// <summary>What is to be said to somebody of the staff.</summary>
/// <param name="Template">One of <see cref="EmailTemplateCode"/>.</param>
/// <param name="Stage">The same of the same stage is sent once.</param>
/// <param name="Facts">JSON object: what the template says it with.</param>
/// <param name="SealedLink">A link that lets its reader in, encrypted; null for none.</param>
public sealed record StaffEmail(string Template, long UserId, string Stage, string Facts, string CorrelationId, string? SealedLink = null);

/// <summary>
/// E-mail, in the transaction of what it is about: said when that is committed, and never otherwise. It fails for nothing but what would
/// fail the transaction anyway. The same template, subject and stage again adds nothing.
/// </summary>
public static class QueueEmail
{
    /// <summary>The locale of everybody whose own isn't known.</summary>
    public const string DefaultLocale = "en";

    /// <summary>Kind of the job that sends one.</summary>
    public const string Kind = "email";

    /// <summary>SQL: work for the e-mails that <c>due</c> (id, template, looks, correlation_id) names, where this installation sends any.</summary>
    internal const string Work = $"""
        insert into outbox (key, kind, subject_kind, subject_id, title, correlation_id, payload)
        select 'email:' || id || ':' || looks, '{Kind}', 'email', id, replace(template, '_', ' ') || ', ' || id, correlation_id,
            jsonb_build_object('emailId', id)
        from due where (select enabled from email_relay)
        on conflict (key) do nothing
        """;

    /// <summary>To the customer of an order that is in the books.</summary>
    public static Task OrderReceived(NpgsqlTransaction transaction, long intakeId, string correlationId) =>
        Run(
            transaction,
            $"""
            select '{EmailTemplateCode.OrderReceived}' as template, 'order' as subject_kind, o.id as subject_id, '' as stage,
                c.email as recipient, c.name as recipient_name, c.id as customer_id, null::bigint as user_id, null::text as sealed_link,
                jsonb_build_object('reference', o.reference, 'domain', o.primary_domain, 'total', o.total, 'currency', o.currency, 'items', (
                    select coalesce(jsonb_agg(jsonb_build_object(
                        'description', i.description, 'quantity', i.quantity, 'amount', i.amount) order by i.position), '[]')
                    from order_items i where i.order_id = o.id
                )) as facts
            from orders o join customers c on c.id = o.customer_id
            where o.intake_id = @intakeId
            """,
            new { intakeId, correlationId }
        );

    /// <summary>An order's invoice, to its buyer: a receipt where it is paid, the request to pay it where it isn't.</summary>
    public static Task InvoiceOfOrder(NpgsqlTransaction transaction, long intakeId, string correlationId) =>
        Invoice(
            transaction,
            "o.intake_id = @intakeId",
            new
            {
                intakeId,
                correlationId,
                stage = "",
            }
        );

    /// <summary>An invoice, to its buyer: a receipt where it is paid, the request to pay it where it isn't.</summary>
    /// <param name="stage">What of the invoice it is about, such as <c>payment 17</c>: the same again is not sent twice.</param>
    public static Task Invoice(NpgsqlTransaction transaction, long invoiceId, string stage, string correlationId) =>
        Invoice(
            transaction,
            "i.id = @invoiceId",
            new
            {
                invoiceId,
                correlationId,
                stage,
            }
        );

    /// <summary>To the customer whose money went back.</summary>
    public static Task Refund(NpgsqlTransaction transaction, string stripeRefundId, string correlationId) =>
        Run(
            transaction,
            $"""
            select '{EmailTemplateCode.Refund}' as template, 'refund' as subject_kind, r.id as subject_id, '' as stage,
                c.email as recipient, c.name as recipient_name, c.id as customer_id, null::bigint as user_id, null::text as sealed_link,
                jsonb_build_object('amount', r.amount, 'currency', r.currency, 'reason', r.reason, 'invoices', (
                    select coalesce(jsonb_agg(jsonb_build_object(
                        'number', i.invoice_number, 'credit_note', n.credit_note_number) order by n.id), '[]')
                    from credit_notes n join invoices i on i.id = n.invoice_id where n.refund_id = r.id
                )) as facts
            from refunds r join payments p on p.id = r.payment_id join customers c on c.id = p.customer_id
            where r.stripe_refund_id = @stripeRefundId and r.status = 'succeeded'
            """,
            new { stripeRefundId, correlationId }
        );

    /// <summary>To the customer whose website stands for the first time, in the transaction that says so.</summary>
    public static Task SiteReady(NpgsqlTransaction transaction, long taskId) =>
        Run(
            transaction,
            $"""
            select '{EmailTemplateCode.SiteReady}' as template, 'website' as subject_kind, w.id as subject_id, '' as stage,
                c.email as recipient, c.name as recipient_name, c.id as customer_id, null::bigint as user_id, null::text as sealed_link,
                jsonb_build_object('domain', w.domain) as facts, t.correlation_id
            from provisioning_tasks t join websites w on w.id = t.website_id join customers c on c.id = w.customer_id
            where t.id = @taskId and w.status = 'active' and w.activated_at = now()
            """,
            new { taskId, correlationId = (string?)null }
        );

    /// <summary>To an active or invited user.</summary>
    public static Task Staff(NpgsqlTransaction transaction, StaffEmail email) =>
        Run(
            transaction,
            """
            select @Template as template, 'user' as subject_kind, u.id as subject_id, @Stage as stage, u.email as recipient,
                u.display_name as recipient_name, null::bigint as customer_id, u.id as user_id, @SealedLink as sealed_link,
                @Facts::jsonb as facts
            from users u where u.id = @UserId and u.status in ('invited', 'active')
            """,
            email
        );

    private static Task Invoice(NpgsqlTransaction transaction, string which, object parameters) =>
        Run(
            transaction,
            $"""
            select case i.status when '{InvoiceState.Paid}' then '{EmailTemplateCode.Receipt}' else '{EmailTemplateCode.Invoice}' end as template,
                'invoice' as subject_kind, i.id as subject_id, @stage as stage, c.email as recipient, i.buyer_name as recipient_name,
                c.id as customer_id, null::bigint as user_id, null::text as sealed_link,
                jsonb_build_object('number', i.invoice_number, 'total', i.total, 'currency', i.currency, 'issued_on', i.issued_on,
                    'due_on', i.due_on, 'rest', i.total - i.settled - i.credited, 'reference', o.reference) as facts
            from invoices i join customers c on c.id = i.customer_id left join orders o on o.id = i.order_id
            where {which} and i.status <> 'draft'
            """,
            parameters
        );

    /// <param name="mail">A query of who is told what; its parameters and <c>correlationId</c>, or a column of that name.</param>
    private static async Task Run(NpgsqlTransaction transaction, string mail, object parameters) =>
        await transaction.Connection!.ExecuteAsync(
            $"""
            with mail as ({mail}), due as (
                insert into emails
                    (template, subject_kind, subject_id, stage, recipient, recipient_name, customer_id, user_id, locale, facts, sealed_link,
                     correlation_id)
                select m.template, m.subject_kind, m.subject_id, m.stage, m.recipient, m.recipient_name, m.customer_id, m.user_id,
                    '{DefaultLocale}', m.facts, m.sealed_link, coalesce(to_jsonb(m) ->> 'correlation_id', @correlationId, '')
                from mail m
                on conflict (template, subject_kind, subject_id, stage) do nothing
                returning id, template, looks, correlation_id
            )
            {Work}
            """,
            parameters,
            transaction
        );
}
