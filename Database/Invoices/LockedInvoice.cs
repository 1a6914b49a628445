using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <summary>
/// An invoice whose row is the caller's until the transaction ends. Whoever moves its money holds it: payments first, then the invoice, then
/// the customer's balance, then the series.
/// </summary>
/// <param name="Number">Null of a draft.</param>
/// <param name="Total">Major units, as all of these.</param>
/// <param name="WrittenOff">A part of the rest.</param>
public sealed record LockedInvoice(
    long Id,
    string? Number,
    string Status,
    long CustomerId,
    string Currency,
    decimal Total,
    decimal Settled,
    decimal Credited,
    decimal WrittenOff,
    int Version
)
{
    /// <summary>What is still to be paid, whether somebody expects it or not.</summary>
    public decimal Rest => Status is InvoiceState.Draft or InvoiceState.Void ? 0 : Total - Settled - Credited;

    /// <summary>As people name it.</summary>
    public string Name => Number ?? $"Draft {Id}";

    /// <summary>Null when there is no such invoice.</summary>
    public static Task<LockedInvoice?> Of(NpgsqlTransaction transaction, long id) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<LockedInvoice>(
            """
            select id, invoice_number as number, status, customer_id, currency, total, settled, credited, written_off, version
            from invoices where id = @id for no key update
            """,
            new { id },
            transaction
        );
}
