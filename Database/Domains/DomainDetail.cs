using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

/// <param name="Name">ASCII.</param>
/// <param name="Status"><c>unmanaged</c>, or <c>managed</c> once a website on it was provisioned.</param>
/// <param name="Version">Raised by each edit; the next one names it.</param>
public sealed record DomainDetail(long Id, string Name, string Status, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public required DomainOwner Customer { get; init; }

    /// <summary>The live website on it; null where there is none.</summary>
    public DomainWebsite? Website { get; init; }
}

public sealed record DomainOwner(long Id, string Name, string Email);

public sealed record DomainWebsite(long Id, string Status);

/// <summary>What lives on a domain or below it, and keeps it with its customer.</summary>
public sealed record DomainUse(long Websites, long Subscriptions, long OpenTasks)
{
    public bool Any => Websites + Subscriptions + OpenTasks > 0;
}

public sealed record DomainSubscription(long Id, string Product, string Status, string Domain, DateTimeOffset CurrentPeriodEnd);

public static class DomainFacts
{
    public static async Task<DomainDetail?> Of(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<DomainDetail, DomainOwner, DomainWebsite?, DomainDetail>(
                """
                select d.id, d.name, d.status, d.version, d.created_at, d.updated_at, c.id, c.name, c.email, w.id, w.status
                from domains d
                join customers c on c.id = d.customer_id
                left join hostnames h on h.name = d.name
                left join websites w on w.id = h.website_id
                where d.id = @id
                """,
                (domain, customer, website) => domain with { Customer = customer, Website = website },
                new { id }
            )
        ).SingleOrDefault();

    /// <param name="domain">A name's own letters can't be wildcards.</param>
    public static Task<DomainUse> Use(NpgsqlConnection db, string domain) =>
        db.QuerySingleAsync<DomainUse>(
            """
            select (select count(distinct website_id) from hostnames where name = @domain or name like @below) as websites,
                   (select count(*) from subscriptions where status <> 'cancelled' and (domain = @domain or domain like @below)) as subscriptions,
                   (select count(*) from provisioning_tasks
                    where status in ('pending', 'in_progress')
                      and domain in (select name from domains where name = @domain or name like @below)) as open_tasks
            """,
            new { domain, below = $"%.{domain}" }
        );

    /// <summary>Newest first.</summary>
    public static Task<IEnumerable<DomainSubscription>> Subscriptions(NpgsqlConnection db, string domain) =>
        db.QueryAsync<DomainSubscription>(
            """
            select s.id, p.name as product, s.status, s.domain, s.current_period_end
            from subscriptions s join products p on p.id = s.product_id
            where s.domain = @domain
            order by s.id desc
            limit 50
            """,
            new { domain }
        );

    /// <summary>The id of the domain of this name, or null.</summary>
    public static Task<long?> IdOf(NpgsqlConnection db, string name) =>
        db.QuerySingleOrDefaultAsync<long?>("select id from domains where name = @name", new { name });

    /// <summary>The id of the customer with this e-mail address, or null.</summary>
    public static Task<long?> CustomerOf(NpgsqlConnection db, string email) =>
        db.QuerySingleOrDefaultAsync<long?>("select id from customers where normalized_email = lower(@email)", new { email });

    /// <summary>The e-mail address of the customer, or null.</summary>
    public static Task<string?> EmailOf(NpgsqlConnection db, long customerId) =>
        db.QuerySingleOrDefaultAsync<string?>("select email from customers where id = @customerId", new { customerId });
}
