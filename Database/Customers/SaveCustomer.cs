using Dapper;
using Npgsql;

namespace MPanel.Database.Customers;

/// <summary>What people write of a customer. Absent fields are null, never empty.</summary>
/// <param name="BillingAddress">Lines with a line feed between them, without the country.</param>
/// <param name="Country">ISO 3166-1 alpha-2, upper case.</param>
/// <param name="TaxExemptReason">Why no tax is charged, as invoices print it; null for those who are taxed.</param>
public sealed record CustomerFields(
    string Name,
    string Email,
    string? CompanyName,
    string? VatId,
    string? Phone,
    string? BillingAddress,
    string? Country,
    string? TaxExemptReason
);

/// <summary>Creates and changes customers by hand. Who else has the e-mail address decides the unique index, not a question asked before.</summary>
public static class SaveCustomer
{
    private const string EmailIndex = "customers_normalized_email_key";

    /// <returns>The new customer's id; null when somebody has the e-mail address.</returns>
    public static Task<long?> Create(NpgsqlTransaction transaction, CustomerFields fields) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            insert into customers (email, normalized_email, name, company_name, vat_id, phone, billing_address, country, tax_exempt_reason)
            values (@Email, lower(@Email), @Name, @CompanyName, @VatId, @Phone, @BillingAddress, @Country, @TaxExemptReason)
            on conflict (normalized_email) do nothing
            returning id
            """,
            fields,
            transaction
        );

    /// <param name="version">The version that the edit began from.</param>
    /// <returns>Null when another customer has the e-mail address: the transaction is then over. False when the customer is at another version.</returns>
    public static async Task<bool?> Update(NpgsqlTransaction transaction, long id, int version, CustomerFields fields)
    {
        var parameters = new DynamicParameters(fields);
        parameters.Add("id", id);
        parameters.Add("version", version);
        try
        {
            return await transaction.Connection!.ExecuteAsync(
                    """
                    update customers
                    set email = @Email, normalized_email = lower(@Email), name = @Name, company_name = @CompanyName, vat_id = @VatId,
                        phone = @Phone, billing_address = @BillingAddress, country = @Country, tax_exempt_reason = @TaxExemptReason,
                        version = version + 1, updated_at = now()
                    where id = @id and version = @version
                    """,
                    parameters,
                    transaction
                ) == 1;
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: EmailIndex })
        {
            return null;
        }
    }
}
