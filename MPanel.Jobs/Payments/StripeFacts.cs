using System.Text.RegularExpressions;
using MPanel.Database.Payments;
using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>Reads what is kept of a payment besides its money. What isn't as Stripe writes it is left out, and no reason to stop an order.</summary>
internal static partial class StripeFacts
{
    public static PaymentFacts Of(PaymentIntent intent)
    {
        var charge = intent.LatestCharge;
        var card = charge?.PaymentMethodDetails?.Card;
        return new PaymentFacts(
            Fitting(Id(), charge?.Id),
            Fitting(Id(), intent.CustomerId ?? charge?.CustomerId),
            Fitting(Id(), intent.PaymentMethodId ?? charge?.PaymentMethod),
            charge is null ? null : Moment(charge.Created),
            Fitting(Country(), charge?.BillingDetails?.Address?.Country),
            card is null
                ? null
                : new PaymentCard(
                    Fitting(Brand(), card.Brand),
                    Fitting(Last4(), card.Last4),
                    card.ExpMonth is >= 1 and <= 12 ? (int)card.ExpMonth : null,
                    card.ExpYear is >= 2000 and <= 2999 ? (int)card.ExpYear : null,
                    Fitting(Country(), card.Country)
                )
        );
    }

    /// <summary>Null while the charge has not settled, which comes after it with asynchronous capture.</summary>
    public static PaymentFee? Fee(Charge charge) => charge.BalanceTransaction is { } movement ? Fee(movement.Fee, movement.Currency) : null;

    /// <param name="amount">Minor units.</param>
    public static PaymentFee? Fee(long amount, string? currency) =>
        CurrencyExponents.Normalize(currency ?? "") is { } code && CurrencyExponents.FromMinor(amount, code) is { } fee
            ? new PaymentFee(fee, code)
            : null;

    /// <summary>The library gives 1970 where an answer names no moment.</summary>
    public static DateTimeOffset? Moment(DateTime? at) =>
        at is { } moment && moment > DateTime.UnixEpoch ? new DateTimeOffset(DateTime.SpecifyKind(moment, DateTimeKind.Utc)) : null;

    public static string? Fitting(Regex form, string? text) => text is not null && form.IsMatch(text) ? text : null;

    [GeneratedRegex(@"^[A-Za-z0-9_]{1,255}\z")]
    public static partial Regex Id();

    [GeneratedRegex(@"^[A-Z]{2}\z")]
    private static partial Regex Country();

    [GeneratedRegex(@"^[a-z0-9_ ]{1,40}\z")]
    private static partial Regex Brand();

    [GeneratedRegex(@"^[0-9]{4}\z")]
    private static partial Regex Last4();
}
