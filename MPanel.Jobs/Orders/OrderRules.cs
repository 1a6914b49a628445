using System.Text.RegularExpressions;
using MPanel.Database.Products;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Orders;

/// <summary>What an order must look like before anything is written. Whether the products exist and what they cost is the chain's business.</summary>
public static partial class OrderRules
{
    public const int MostItems = 50;
    public const int MostOfOne = 999;
    public const int LongestName = 200;
    public const int LongestPromotionCode = 40;

    // With what is pasted around it and left out.
    private const int LongestTyped = 1000;

    public const decimal HighestPrice = 1_000_000m;

    /// <param name="panelCurrency">Of an order that names none.</param>
    /// <param name="suffixes">Names under which others register theirs: nobody can buy one.</param>
    /// <returns>The canonical body, or every fault at once.</returns>
    public static Checked<OrderBody> Check(OrderRequest request, string panelCurrency, PublicSuffixes suffixes)
    {
        var faults = new List<FieldError>();
        var currency = CurrencyOf(request.Currency, panelCurrency, faults);
        var payment = request.StripePaymentIntentId is { Length: <= LongestTyped } given ? PlainText.Trimmed(given) : null;
        if (payment is null || !IsPaymentIntentId(payment))
            faults.Add(
                new(
                    "stripePaymentIntentId",
                    "invalid_payment_intent_id",
                    "Must be a PaymentIntent id: pi_ and letters, digits or underscores."
                )
            );
        var email = EmailAddress.Normalize(request.CustomerEmail);
        if (email is null)
            faults.Add(
                new(
                    "customerEmail",
                    "invalid_email",
                    "Must be an e-mail address of at most 254 characters, with ASCII letters only before the @."
                )
            );
        var name = request.CustomerName is { Length: <= LongestTyped } typed ? PlainText.Clean(typed) : null;
        if (string.IsNullOrEmpty(name) || name.Length > LongestName)
            faults.Add(new("customerName", "invalid_name", $"Must be 1 to {LongestName} visible characters."));
        var domain = DomainName.Normalize(request.PrimaryDomain);
        if (domain is null)
            faults.Add(new("primaryDomain", "invalid_domain", "Must be a public domain name, such as example.com."));
        else if (suffixes.IsSuffix(domain))
            faults.Add(new("primaryDomain", "public_suffix", $"Others register their names below {domain}: nobody can have it."));
        var items = CheckItems(request.Items, currency, faults);
        if (faults.Count == 0 && items.Sum(i => i.Qty * i.UnitPrice) <= 0)
            faults.Add(new("items", "nothing_to_pay", "The total must be more than zero."));
        var promotion = PromotionCode(request.PromotionCode, faults);
        var billing = OrderBilling.Of(request.Billing, out var leftOut);
        return new(
            faults.Count > 0
                ? null
                : new OrderBody(payment!, email!, name!, currency, items, domain!, billing, leftOut.Count > 0 ? leftOut : null, promotion),
            faults
        );
    }

    /// <summary>
    /// The same before it is paid: whatever PaymentIntent it names, or names not. What is wrong with whom it is billed to is said now, while
    /// the customer can still mend it.
    /// </summary>
    public static Checked<OrderBody> CheckUnpaid(OrderRequest request, string panelCurrency, PublicSuffixes suffixes)
    {
        var (body, faults) = Check(request with { StripePaymentIntentId = "pi_unpaid" }, panelCurrency, suffixes);
        OrderBilling.Of(request.Billing, out var leftOut);
        return leftOut.Count == 0
            ? new(body, faults)
            : new(
                null,
                [
                    .. faults,
                    .. leftOut.Select(field => new FieldError(
                        $"billing.{field}",
                        "invalid_billing",
                        "Can't be kept: it is too long, has what can't be seen, or is none. A paid order goes on without it."
                    )),
                ]
            );
    }

    private static string CurrencyOf(string? sent, string panelCurrency, List<FieldError> faults)
    {
        if (string.IsNullOrWhiteSpace(sent))
            return panelCurrency;
        if (sent.Length <= LongestTyped && CurrencyExponents.Normalize(PlainText.Trimmed(sent)) is { } currency)
            return currency;
        faults.Add(new("currency", "invalid_currency", "Must be the three letters of a currency, such as USD."));
        return panelCurrency;
    }

    private static string? PromotionCode(string? sent, List<FieldError> faults)
    {
        if (string.IsNullOrWhiteSpace(sent))
            return null;
        var code = sent.Length <= LongestTyped ? PlainText.Clean(sent)?.ToUpperInvariant() : null;
        if (code is { Length: > 0 and <= LongestPromotionCode })
            return code;
        faults.Add(new("promotionCode", "invalid_promotion_code", $"Must be 1 to {LongestPromotionCode} visible characters."));
        return null;
    }

    public static bool IsPaymentIntentId(string text) => PaymentIntentId().IsMatch(text);

    private static List<OrderBodyItem> CheckItems(IReadOnlyList<OrderRequestItem?>? items, string currency, List<FieldError> faults)
    {
        if (items is null or { Count: 0 } or { Count: > MostItems })
        {
            faults.Add(new("items", "invalid_item_count", $"Must hold 1 to {MostItems} items."));
            return [];
        }
        return [.. items.Select((item, i) => CheckItem(item ?? new OrderRequestItem(), $"items[{i}]", currency, faults))];
    }

    private static OrderBodyItem CheckItem(OrderRequestItem item, string path, string currency, List<FieldError> faults)
    {
        if (item.ProductSlug is null || !ProductCode().IsMatch(item.ProductSlug))
            faults.Add(new($"{path}.productSlug", "invalid_product", "Must be a product code: lower-case letters, digits and hyphens."));
        if (item.Qty is not { } qty || qty < 1 || qty > MostOfOne || qty != decimal.Truncate(qty))
            faults.Add(new($"{path}.qty", "invalid_quantity", $"Must be a whole number from 1 to {MostOfOne}."));
        var price = item.UnitPrice is >= 0 and <= HighestPrice ? CurrencyExponents.Unblur(item.UnitPrice.Value, currency) : (decimal?)null;
        if (price is null || CurrencyExponents.ToMinor(price.Value, currency) is null)
            faults.Add(
                new($"{path}.unitPrice", "invalid_price", $"Must be 0 to {HighestPrice:0}, with no more decimals than {currency} has.")
            );
        if (item.BillingPeriod is not (BillingPeriod.Month or BillingPeriod.Year or BillingPeriod.OneTime))
            faults.Add(new($"{path}.billingPeriod", "invalid_billing_period", "Must be month, year or one_time."));
        return new OrderBodyItem(
            item.ProductSlug ?? "",
            item.Qty is >= 1 and <= MostOfOne ? (int)item.Qty.Value : 0,
            Shortest(price ?? 0),
            item.BillingPeriod ?? ""
        );
    }

    /// <summary>29.880 and 29.88 are the same price and must have the same digest: division drops trailing zeros.</summary>
    internal static decimal Shortest(decimal value) => value / 1.0000000000000000000000000000m;

    [GeneratedRegex(@"^pi_[A-Za-z0-9_]{1,250}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PaymentIntentId();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ProductCode();
}
