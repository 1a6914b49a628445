using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Attention;

/// <summary>One thing that needs a person.</summary>
/// <param name="Id">Of its place in this list, see <see cref="SourceId"/>.</param>
/// <param name="Kind">See <see cref="AttentionKind"/>.</param>
/// <param name="SourceId">Of the intake (orders and payments), refused order, dispute, early fraud warning, task, server, website, job or key.</param>
/// <param name="Code">Why, as a stable code.</param>
/// <param name="Error">The same as it was put down when it happened; null where the code says all.</param>
/// <param name="Since">When it began to need somebody.</param>
/// <param name="Subject">The domain, the refused PaymentIntent, the server's or key's name, or what the job is about.</param>
/// <param name="Work">The task's type, the job's kind, or Stripe's id of a dispute or warning; null for others.</param>
/// <param name="OrderReference">Null for what belongs to no order, as are the customer's id and name.</param>
/// <param name="CustomerId">Null until the customer is known.</param>
/// <param name="Server">Of a task that has one.</param>
/// <param name="JobId">Of a stopped order: the work that stopped.</param>
public sealed record AttentionRow(
    long Id,
    string Kind,
    long SourceId,
    string Code,
    string? Error,
    DateTimeOffset Since,
    string Subject,
    string? Work,
    string? OrderReference,
    long? CustomerId,
    string? Customer,
    string? Server,
    long? JobId,
    string SortKey
) : IListRow;

/// <summary>Everything that needs a person, in one list.</summary>
public static class AttentionList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("since", "f.since", "timestamptz")];

    /// <summary>Each source is cut to the slice by itself before they are merged, and only what is left is joined with names.</summary>
    public static Task<Slice<AttentionRow>> Read(NpgsqlConnection db, AttentionFilter filter, SliceRequest slice) =>
        slice.Read<AttentionRow>(
            db,
            "f.id",
            $$"""
            with stopped as (
                select f.* {{AttentionSources.Stopped}} and {after} order by {order} limit @limit
            ), refused as (
                select f.* {{AttentionSources.Refused}} and {after} order by {order} limit @limit
            ), not_kept as (
                select f.* {{AttentionSources.NotKept}} and {after} order by {order} limit @limit
            ), unsettled as (
                select f.* {{AttentionSources.Unsettled}} and {after} order by {order} limit @limit
            ), disputes_open as (
                select f.* {{DisputeSources.Disputes}} and {after} order by {order} limit @limit
            ), warnings as (
                select f.* {{DisputeSources.Warnings}} and {after} order by {order} limit @limit
            ), failed_tasks as (
                select f.* {{AttentionSources.FailedTasks}} and {after} order by {order} limit @limit
            ), unplaced_tasks as (
                select f.* {{AttentionSources.UnplacedTasks}} and {after} order by {order} limit @limit
            ), silent_servers as (
                select f.* {{AttentionSources.SilentServers}} and {after} order by {order} limit @limit
            ), unwell_servers as (
                select f.* {{AttentionSources.UnwellServers}} and {after} order by {order} limit @limit
            ), full_servers as (
                select f.* {{AttentionSources.FullServers}} and {after} order by {order} limit @limit
            ), drifted_servers as (
                select f.* {{AttentionSources.DriftedServers}} and {after} order by {order} limit @limit
            ), orphans as (
                select f.* {{AttentionSources.Orphans}} and {after} order by {order} limit @limit
            ), lost_content as (
                select f.* {{WebsiteSources.LostContent}} and {after} order by {order} limit @limit
            ), overlapping_names as (
                select f.* {{WebsiteSources.OverlappingNames}} and {after} order by {order} limit @limit
            ), failed_jobs as (
                select f.* {{AttentionSources.FailedJobs}} and {after} order by {order} limit @limit
            ), failed_recurring as (
                select f.* {{AttentionSources.FailedRecurring}} and {after} order by {order} limit @limit
            ), mail_server_down as (
                select f.* {{AttentionSources.MailServerDown}} and {after} order by {order} limit @limit
            ), keys as (
                select f.* {{AttentionSources.Keys}} and {after} order by {order} limit @limit
            ), every_source (id, kind, source_id, code, error, since, subject, work, reference, order_id, server_id) as (
                select id, case when about_money then 'payments' else 'orders' end, source_id, code, error, since, subject, null, reference,
                       null::bigint, null::bigint
                from stopped
                union all select id, 'orders', source_id, code, error, since, subject, null, null, null, null from refused
                union all select id, 'orders', source_id, code, error, since, subject, null, null, null, null from not_kept
                union all select id, 'payments', source_id, code, null, since, subject, null, reference, null, null from unsettled
                union all select id, 'payments', source_id, code, error, since, subject, work, reference, null, null from disputes_open
                union all select id, 'payments', source_id, code, error, since, subject, work, reference, null, null from warnings
                union all select id, 'tasks', source_id, code, error, since, subject, work, null, order_id, server_id from failed_tasks
                union all select id, 'tasks', source_id, code, null, since, subject, work, null, order_id, null from unplaced_tasks
                union all select id, 'servers', source_id, code, null, since, subject, null, null, null, null from silent_servers
                union all select id, 'servers', source_id, code, error, since, subject, null, null, null, null from unwell_servers
                union all select id, 'servers', source_id, code, null, since, subject, null, null, null, null from full_servers
                union all select id, 'servers', source_id, code, error, since, subject, null, null, null, null from drifted_servers
                union all select id, 'servers', source_id, code, error, since, subject, null, null, null, null from orphans
                union all select id, 'websites', source_id, code, null, since, subject, null, null, null, null from lost_content
                union all select id, 'websites', source_id, code, null, since, subject, null, null, null, null from overlapping_names
                union all select id, 'jobs', source_id, code, error, since, subject, work, reference, null, null from failed_jobs
                union all select id, 'jobs', source_id, code, error, since, subject, work, null, null, null from failed_recurring
                union all select id, 'emails', source_id, code, error, since, subject, null, null, null, null from mail_server_down
                union all select id, 'keys', source_id, code, null, since, subject, null, null, null, null from keys
            ), f as (
                select f.* from every_source f order by {order} limit @limit
            )
            select f.id, f.kind, f.source_id, f.code, f.error, f.since, f.subject, f.work, i.reference as order_reference,
                   coalesce(i.customer_id, o.customer_id) as customer_id, coalesce(c.name, i.body ->> 'customerName') as customer,
                   s.name as server, j.id as job_id,
                   ({sort})::text as sort_key
            from f
            left join orders o on o.id = f.order_id
            left join order_intakes i on i.reference = coalesce(f.reference, o.reference)
            left join customers c on c.id = coalesce(i.customer_id, o.customer_id)
            left join servers s on s.id = f.server_id
            left join outbox j on f.kind in ('orders', 'payments') and j.key = 'order:' || i.id and j.state = 'stopped'
            order by {order}
            """,
            filter.Parameters
        );
}
