using Dapper;
using Npgsql;

namespace MPanel.Database.Customers;

/// <param name="Version">Raised by every edit; an edit names the one it began from.</param>
public sealed record CustomerDetail(long Id, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public required CustomerFields Fields { get; init; }
}

public sealed record CustomerOrder(
    string Reference,
    string Status,
    decimal Total,
    string Currency,
    string PrimaryDomain,
    DateTimeOffset CreatedAt
);

/// <param name="Server">Null while no server has room.</param>
public sealed record CustomerWebsite(long Id, string Domain, string Status, string Plan, string? Server);

public sealed record CustomerDomain(long Id, string Name, string Status);

/// <summary>A customer, and what is theirs: at most <see cref="Shown"/> of each kind, newest first.</summary>
public static class CustomerFacts
{
    public const int Shown = 20;

    public static async Task<CustomerDetail?> Of(NpgsqlConnection db, long id) =>
        (
            await db.QueryAsync<CustomerDetail, CustomerFields, CustomerDetail>(
                """
                select id, version, created_at, updated_at, name, email, company_name, vat_id, phone, billing_address, country,
                       tax_exempt_reason
                from customers
                where id = @id
                """,
                (customer, fields) => customer with { Fields = fields },
                new { id },
                splitOn: "name"
            )
        ).SingleOrDefault();

    /// <returns>Null when no customer has the e-mail address.</returns>
    public static Task<long?> IdOf(NpgsqlConnection db, string email) =>
        db.QuerySingleOrDefaultAsync<long?>("select id from customers where normalized_email = lower(@email)", new { email });

    public static Task<IEnumerable<CustomerOrder>> Orders(NpgsqlConnection db, long id) =>
        db.QueryAsync<CustomerOrder>(
            """
            select reference, status, total, currency, primary_domain, created_at
            from orders
            where customer_id = @id
            order by id desc
            limit @Shown
            """,
            new { id, Shown }
        );

    /// <summary>Without deleted ones.</summary>
    public static Task<IEnumerable<CustomerWebsite>> Websites(NpgsqlConnection db, long id) =>
        db.QueryAsync<CustomerWebsite>(
            """
            select w.id, w.domain, w.status, w.plan, s.name as server
            from websites w left join servers s on s.id = w.server_id
            where w.customer_id = @id and w.status <> 'removed'
            order by w.id desc
            limit @Shown
            """,
            new { id, Shown }
        );

    public static Task<IEnumerable<CustomerDomain>> Domains(NpgsqlConnection db, long id) =>
        db.QueryAsync<CustomerDomain>(
            "select id, name, status from domains where customer_id = @id order by id desc limit @Shown",
            new { id, Shown }
        );
}
