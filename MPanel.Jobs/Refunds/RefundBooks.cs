using System.Globalization;
using Microsoft.Extensions.Options;
using MPanel.Database.Emails;
using MPanel.Database.Orders;
using MPanel.Database.Refunds;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Payments;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>Puts into the books what Stripe says of a refund, with a line on the order's timeline.</summary>
public sealed class RefundBooks(IOptions<OrderOptions> options, TimeProvider time)
{
    /// <param name="payment">Locked by the transaction.</param>
    /// <returns>What happened, for people; null when the books said so already.</returns>
    public async Task<string?> Apply(NpgsqlTransaction transaction, LockedPayment payment, ReportedRefund refund, string correlationId)
    {
        var now = time.GetUtcNow();
        var series = string.Create(CultureInfo.InvariantCulture, $"{options.Value.CreditNotePrefix}-{now.Year}");
        var booking = new RefundBooking(series, CurrencyExponents.Of(payment.Currency) ?? 2, now);
        if (await ApplyRefund.Run(transaction, payment, refund, booking) is not { } change)
            return null;
        await CancelOrder.FollowRefund(transaction, payment.Id);
        var line = RefundWords.Line(refund, change);
        if (change.State == RefundState.Succeeded)
            await QueueEmail.Refund(transaction, refund.StripeId, correlationId);
        await RefundLine.Append(transaction, payment.Id, line, "stripe", correlationId);
        return line;
    }
}
