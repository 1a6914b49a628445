using Dapper;
using Npgsql;

namespace MPanel.Database.Invoices;

/// <param name="Amount">Above zero, in the invoice's currency, tax included.</param>
/// <param name="Series">Such as <c>CN-2026</c>.</param>
/// <param name="Source">What it comes from: the same source credits once.</param>
/// <param name="RefundId">The refund that it is about.</param>
public sealed record Crediting(long InvoiceId, long PaymentId, decimal Amount, string Series, string Reason, string Source, long? RefundId);

public static class CreditInvoice
{
    /// <summary>
    /// Takes a part of an invoice back: a credit note, and the payment's money free again. The payment is locked by the caller.
    /// </summary>
    /// <param name="decimals">Of the currency.</param>
    /// <param name="now">When it is issued.</param>
    /// <exception cref="PostgresException">The invoice, or what the payment paid of it, is not that much any more.</exception>
    public static async Task<string> Run(NpgsqlTransaction transaction, Crediting credit, int decimals, DateTimeOffset now)
    {
        await transaction.Connection!.ExecuteAsync(
            """
            insert into allocations (invoice_id, payment_id, amount, source) values (@InvoiceId, @PaymentId, -@Amount, @Source);
            update payments set allocated = allocated - @Amount, updated_at = now() where id = @PaymentId;
            """,
            credit,
            transaction
        );
        var note = new NoteToIssue(
            credit.InvoiceId,
            credit.Amount,
            FromSettled: credit.Amount,
            MoneyWentBack: true,
            credit.Series,
            credit.Reason,
            credit.Source,
            credit.RefundId
        );
        return await IssueCreditNote.Run(transaction, note, decimals, now);
    }
}
