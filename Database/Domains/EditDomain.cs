using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

/// <summary>How adding or changing a domain ended.</summary>
public enum DomainSaved
{
    Saved,

    /// <summary>There is no such domain.</summary>
    Unknown,

    /// <summary>There is no such customer.</summary>
    NoCustomer,

    /// <summary>Somebody else changed it meanwhile.</summary>
    Conflict,

    /// <summary>The name is there already.</summary>
    Exists,

    /// <summary>It, or a name above it, or its www name, belongs to another customer.</summary>
    Taken,

    /// <summary>Something lives on it, or below it.</summary>
    InUse,
}

public static class EditDomain
{
    /// <summary>Registers a domain for a customer, as an order would.</summary>
    /// <param name="related">The domain itself, its parents, and its www name.</param>
    public static async Task<DomainSaved> Add(NpgsqlTransaction transaction, string domain, string[] related, long customerId)
    {
        var db = transaction.Connection!;
        if (!await CustomerExists(transaction, customerId))
            return DomainSaved.NoCustomer;
        await ClaimDomain.Lock(transaction, related);
        if (await DomainFacts.IdOf(db, domain) is not null)
            return DomainSaved.Exists;
        return await ClaimDomain.Run(transaction, domain, related, customerId) is null ? DomainSaved.Saved : DomainSaved.Taken;
    }

    /// <summary>Gives a domain on which nothing lives to another customer.</summary>
    /// <param name="version">The version that the change was made of.</param>
    /// <param name="related">The domain itself, its parents, and its www name.</param>
    public static async Task<DomainSaved> ChangeCustomer(
        NpgsqlTransaction transaction,
        DomainDetail domain,
        int version,
        string[] related,
        long customerId
    )
    {
        var db = transaction.Connection!;
        if (!await CustomerExists(transaction, customerId))
            return DomainSaved.NoCustomer;
        // Orders of the domain, or of a name below it, wait: what they find afterwards decides.
        await ClaimDomain.Lock(transaction, related);
        if ((await DomainFacts.Use(db, domain.Name)).Any)
            return DomainSaved.InUse;
        var taken = await db.ExecuteScalarAsync<bool>(
            "select exists (select 1 from domains where name = any(@related) and id <> @Id and customer_id <> @customerId)",
            new
            {
                related,
                domain.Id,
                customerId,
            },
            transaction
        );
        if (taken)
            return DomainSaved.Taken;
        var saved = await db.ExecuteAsync(
            """
            update domains
            -- What one customer proved is nothing of another's.
            set customer_id = @customerId, proof = 'none', proven_at = null, challenge = replace(gen_random_uuid()::text, '-', ''),
                looked_at = null, look_text = null, looks = 0, look_due = now(), version = version + 1, updated_at = now()
            where id = @Id and version = @version
            """,
            new
            {
                domain.Id,
                version,
                customerId,
            },
            transaction
        );
        return saved == 1 ? DomainSaved.Saved : DomainSaved.Conflict;
    }

    private static Task<bool> CustomerExists(NpgsqlTransaction transaction, long customerId) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            "select exists (select 1 from customers where id = @customerId)",
            new { customerId },
            transaction
        );
}
