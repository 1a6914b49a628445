using Microsoft.Extensions.Options;
using MPanel.Database.Orders;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>Payments that don't name the order they were made for: whether any may pass, and which.</summary>
public sealed class UnboundPayments(NpgsqlDataSource dataSource, IOptions<OrderOptions> options)
{
    /// <summary>An order is sent when it is paid: an older payment was made for something else.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    // What the installation decided never changes while it runs.
    private bool? _accepted = options.Value.AcceptUnbound;

    /// <summary>By the setting, or by what the installation was when it was upgraded.</summary>
    public async ValueTask<bool> MayPass()
    {
        if (_accepted is { } known)
            return known;
        await using var db = await dataSource.OpenConnectionAsync();
        return (_accepted = await OrderPolicy.AcceptsUnbound(db)).Value;
    }

    /// <summary>Why this payment does not look like this order's; null when it does. Whether an invoice was paid by it, only Stripe can say.</summary>
    /// <param name="received">When the order came.</param>
    public static string? Doubt(GatewayPayment payment, OrderBody body, DateTimeOffset received) =>
        received - payment.CreatedAt > Oldest ? "It was made more than a day before the order."
        : !payment.Addresses.Any(a => EmailAddress.Folded(EmailAddress.Normalize(a) ?? a.Trim()) == EmailAddress.Folded(body.CustomerEmail))
            ? "Neither its receipt nor its billing details have the order's e-mail address."
        : null;
}
