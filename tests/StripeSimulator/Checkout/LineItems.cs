using System.Globalization;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Checkout;

/// <summary>What a session sells, read from <c>line_items[0][price_data]…</c>. Prices kept at Stripe are not simulated.</summary>
internal static class LineItems
{
    public static string Currency(Form form) => (form["line_items[0][price_data][currency]"] ?? "").ToLowerInvariant();

    public static List<LineItem> Read(Form form, out StripeError? wrong)
    {
        List<LineItem> items = [];
        wrong = null;
        for (var i = 0; form.Values.Keys.Any(key => key.StartsWith($"line_items[{i}]", StringComparison.Ordinal)); i++)
        {
            var price = $"line_items[{i}][price_data]";
            if (form[$"{price}[product_data][name]"] is not { } name)
                wrong ??= StripeError.Lacks($"{price}[product_data][name]");
            else if (!long.TryParse(form[$"{price}[unit_amount]"], NumberStyles.None, null, out var amount))
                wrong ??= StripeError.Lacks($"{price}[unit_amount]");
            else if (
                !long.TryParse(form[$"line_items[{i}][quantity]"], NumberStyles.None, null, out var quantity) || quantity is 0 or > 999_999
            )
                wrong ??= StripeError.Lacks($"line_items[{i}][quantity]");
            else if (!string.Equals(form[$"{price}[currency]"], Currency(form), StringComparison.OrdinalIgnoreCase))
                wrong ??= StripeError.Parameter("All line items have to be in the same currency.", $"{price}[currency]");
            else if (amount > 99_999_999)
                wrong ??= StripeError.Parameter("Amount must be no more than 99999999.", $"{price}[unit_amount]", "amount_too_large");
            else
                items.Add(new LineItem(name, quantity, amount));
        }
        return items;
    }
}
