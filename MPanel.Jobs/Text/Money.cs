using System.Globalization;
using MPanel.Jobs.Payments;

namespace MPanel.Jobs.Text;

/// <summary>How an amount is written, in pages, files and e-mails alike: in major units, with the currency's own number of decimals.</summary>
public static class Money
{
    /// <returns><c>1,029.88 USD</c>.</returns>
    public static string Text(decimal amount, string currency) => $"{Number(amount, currency)} {currency}";

    /// <returns>Without the currency, where it stands elsewhere: <c>1,029.88</c>.</returns>
    public static string Number(decimal amount, string currency) => Format('N', amount, currency);

    /// <returns>Without thousands separators, as a number field takes it: <c>1029.88</c>.</returns>
    public static string Plain(decimal amount, string currency) => Format('F', amount, currency);

    private static string Format(char format, decimal amount, string currency) =>
        amount.ToString($"{format}{Decimals(currency)}", CultureInfo.InvariantCulture);

    /// <summary>Two where nobody knows the currency.</summary>
    private static int Decimals(string currency) => CurrencyExponents.Of(currency) ?? 2;
}
