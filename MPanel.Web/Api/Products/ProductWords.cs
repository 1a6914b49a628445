using System.Globalization;
using MPanel.Database.Lists;
using MPanel.Database.Products;
using MPanel.Jobs.Text;

namespace MPanel.Web.Api.Products;

/// <summary>Products in words, the same on pages and in the CSV file.</summary>
public static class ProductWords
{
    public static string Per(string period) => period == BillingPeriod.OneTime ? "once" : $"/ {period}";

    /// <summary>Such as <c>10.95 USD / month</c>.</summary>
    public static string Price(ProductPrice price) => $"{Money.Text(price.Amount, price.Currency)} {Per(price.BillingPeriod)}";

    /// <param name="count">As counted, up to what is counted at most.</param>
    public static string UsedBy(long count) =>
        count >= ListTotal.Most ? $"{ListTotal.Most:N0}+" : count.ToString("N0", CultureInfo.InvariantCulture);
}
