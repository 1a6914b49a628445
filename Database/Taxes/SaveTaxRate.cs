using Dapper;
using Npgsql;

namespace MPanel.Database.Taxes;

/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="From">Midnight UTC of its first day.</param>
/// <param name="Until">The same of its last day; null while none is known.</param>
public sealed record TaxRateFields(string Country, string Category, decimal Percent, DateTimeOffset From, DateTimeOffset? Until);

/// <summary>A rate as it stands.</summary>
public sealed record TaxRate(long Id, string Country, string Category, decimal Percent, DateOnly From, DateOnly? Until);

/// <summary>What is issued keeps the rate it was issued with, whatever becomes of the rate.</summary>
public static class SaveTaxRate
{
    private const string Once = "tax_rates_once";

    /// <returns>Null when the country has a rate on one of these days already: the transaction is then over.</returns>
    public static async Task<TaxRate?> Create(NpgsqlTransaction transaction, TaxRateFields rate)
    {
        try
        {
            return await transaction.Connection!.QuerySingleAsync<TaxRate>(
                """
                insert into tax_rates (country, category, percent, valid)
                values (@Country, @Category, @Percent,
                    daterange((@From at time zone 'UTC')::date, (@Until::timestamptz at time zone 'UTC')::date, '[]'))
                returning id, country, category, percent, lower(valid) as "from", upper(valid) - 1 as until
                """,
                rate,
                transaction
            );
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.ExclusionViolation, ConstraintName: Once })
        {
            return null;
        }
    }

    /// <summary>Its row is the caller's until the transaction ends. Null when there is no such rate.</summary>
    public static Task<TaxRate?> Lock(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<TaxRate>(
            """
            select id, country, category, percent, lower(valid) as "from", upper(valid) - 1 as until from tax_rates where id = @id
            for no key update
            """,
            new { id },
            transaction
        );

    /// <summary>Gives it a last day, or an earlier one. Never a later one: another rate may follow.</summary>
    public static async Task<bool> End(NpgsqlTransaction transaction, long id, DateTimeOffset last) =>
        await transaction.Connection!.ExecuteAsync(
            """
            update tax_rates
            set valid = daterange(lower(valid), (@last at time zone 'UTC')::date, '[]'), updated_at = now()
            where id = @id and (@last at time zone 'UTC')::date >= lower(valid)
              and (upper_inf(valid) or (@last at time zone 'UTC')::date < upper(valid))
            """,
            new { id, last },
            transaction
        ) == 1;

    public static Task Delete(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.ExecuteAsync("delete from tax_rates where id = @id", new { id }, transaction);
}
