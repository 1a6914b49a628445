using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <param name="DomainId">Null when the domain's own row is gone.</param>
/// <param name="AnsweredAt">When its server last configured it and had an answer from it over HTTP; null when that never happened.</param>
public sealed record WebsiteDetail(
    long Id,
    string Domain,
    string Status,
    long? DomainId,
    DateTimeOffset? AnsweredAt,
    string[] SuspendedFor,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public required WebsiteOwner Owner { get; init; }

    /// <summary>Null while no server has room.</summary>
    public WebsiteHome? Home { get; init; }
}

/// <param name="Plan">Code of the product whose limits it has.</param>
/// <param name="PlanName">As it is sold.</param>
public sealed record WebsiteOwner(long CustomerId, string Customer, string Plan, string PlanName);

/// <summary>The server that it stands on.</summary>
public sealed record WebsiteHome(long ServerId, string Server);

/// <summary>What shall stand of it on its server, and what does.</summary>
/// <param name="AppliedRevision">0 until it stood for the first time.</param>
/// <param name="Desired"><c>present</c> or <c>absent</c>.</param>
/// <param name="Condition"><c>unknown</c>, <c>ok</c>, <c>drifted</c>, <c>broken</c> or <c>ahead</c>.</param>
/// <param name="ConditionText">Why, where it is not well; for people.</param>
public sealed record SiteStanding(
    long Revision,
    long AppliedRevision,
    DateTimeOffset? AppliedAt,
    string Desired,
    string Condition,
    string? ConditionCode,
    string? ConditionText,
    DateTimeOffset ConditionAt
)
{
    public bool IsBehind => AppliedRevision < Revision;
}

/// <param name="RemoveAfter">When it is erased; null unless it is being removed.</param>
/// <param name="ArchivedAs">File name of the archive that its server keeps, or kept until it was erased; null for none.</param>
/// <param name="ContentLostAt">When the server that had its files was lost; null for others, and once somebody has put the files back.</param>
/// <param name="Erased">What its server looked for afterwards and did not find; null until then.</param>
public sealed record SiteRemoval(
    DateTimeOffset? RemoveAfter,
    DateTimeOffset? RemovedAt,
    string? ArchivedAs,
    long? ArchiveBytes,
    string? ArchiveSha256,
    string[]? Erased,
    DateTimeOffset? ContentLostAt
);

public sealed record WebsiteTask(
    long Id,
    string Type,
    string Action,
    string Status,
    int Attempt,
    string? LastError,
    DateTimeOffset UpdatedAt
);

/// <summary>A subscription that is, or was, provided on the website's domain.</summary>
public sealed record WebsiteSubscription(long Id, string Product, string Status, string OrderReference, DateTimeOffset CurrentPeriodEnd);

public static class WebsiteFacts
{
    public static async Task<WebsiteDetail?> Of(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<WebsiteDetail, WebsiteOwner, WebsiteHome?, WebsiteDetail>(
                """
                select w.id, w.domain, w.status, d.id as domain_id,
                       coalesce(
                           (select g.applied_at from placements g
                            where g.kind = 'hosting' and g.subject_id = w.id and g.role = 'serving' and g.desired = 'present'),
                           (select max(t.finished_at) from provisioning_tasks t
                            where t.domain = w.domain and t.website_id = w.id and t.type = 'hosting' and t.action = 'create'
                              and t.status = 'success')
                       ) as answered_at,
                       w.suspended_for, w.created_at, w.updated_at,
                       w.customer_id, c.name as customer, w.plan, p.name as plan_name,
                       w.server_id, s.name as server
                from websites w
                join customers c on c.id = w.customer_id
                join products p on p.code = w.plan
                left join servers s on s.id = w.server_id
                left join domains d on d.name = w.domain
                where w.id = @id
                """,
                (website, owner, home) => website with { Owner = owner, Home = home },
                new { id },
                splitOn: "customer_id,server_id"
            )
        ).SingleOrDefault();

    /// <summary>Null for a website that nothing was ever asked of a server for.</summary>
    public static Task<SiteStanding?> Standing(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<SiteStanding>(
            """
            select revision, applied_revision, applied_at, desired, condition, condition_code, condition_text, condition_at
            from placements where kind = 'hosting' and subject_id = @id and role = 'serving'
            """,
            new { id }
        );

    public static Task<SiteRemoval> Removal(NpgsqlConnection db, long id) =>
        db.QuerySingleAsync<SiteRemoval>(
            "select remove_after, removed_at, archived_as, archive_bytes, archive_sha256, erased, content_lost_at from websites where id = @id",
            new { id }
        );

    /// <summary>The newest few.</summary>
    public static Task<IEnumerable<WebsiteTask>> Tasks(NpgsqlConnection db, long id, int limit) =>
        db.QueryAsync<WebsiteTask>(
            """
            select t.id, t.type, t.action, t.status, t.attempt, t.last_error, t.updated_at
            from websites w join provisioning_tasks t on t.website_id = w.id
              -- All are on one of its names, now or before.
              and (t.domain = w.domain or t.placement_id = (select g.id from placements g where g.kind = 'hosting' and g.subject_id = w.id and g.role = 'serving'))
            where w.id = @id
            order by t.id desc
            limit @limit
            """,
            new { id, limit }
        );

    /// <summary>Of its hosting, and of what is done on its names by way of its tasks; newest first.</summary>
    public static Task<IEnumerable<WebsiteSubscription>> Subscriptions(NpgsqlConnection db, long id) =>
        db.QueryAsync<WebsiteSubscription>(
            """
            select s.id, p.name as product, s.status, o.reference as order_reference, s.current_period_end
            from subscriptions s
            join products p on p.id = s.product_id
            join order_items i on i.id = s.order_item_id
            join orders o on o.id = i.order_id
            where s.id in (
                select id from subscriptions where website_id = @id
                union
                select t.subscription_id from websites w join provisioning_tasks t on t.domain = w.domain and t.website_id = w.id where w.id = @id
            )
            order by s.id desc
            limit 50
            """,
            new { id }
        );
}
