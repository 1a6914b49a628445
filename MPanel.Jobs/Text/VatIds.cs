using System.Text.RegularExpressions;

namespace MPanel.Jobs.Text;

/// <summary>VAT ids of the European Union: whether one looks right. That it exists, only the country's register says.</summary>
public static class VatIds
{
    private static readonly Dictionary<string, string> Shapes = new(StringComparer.Ordinal)
    {
        ["AT"] = @"U\d{8}",
        ["BE"] = @"[01]\d{9}",
        ["BG"] = @"\d{9,10}",
        ["CY"] = @"\d{8}[A-Z]",
        ["CZ"] = @"\d{8,10}",
        ["DE"] = @"\d{9}",
        ["DK"] = @"\d{8}",
        ["EE"] = @"\d{9}",
        ["EL"] = @"\d{9}",
        ["ES"] = @"(?:[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])",
        ["FI"] = @"\d{8}",
        ["FR"] = @"[A-HJ-NP-Z0-9]{2}\d{9}",
        ["HR"] = @"\d{11}",
        ["HU"] = @"\d{8}",
        ["IE"] = @"(?:\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])",
        ["IT"] = @"\d{11}",
        ["LT"] = @"(?:\d{9}|\d{12})",
        ["LU"] = @"\d{8}",
        ["LV"] = @"\d{11}",
        ["MT"] = @"\d{8}",
        ["NL"] = @"\d{9}B\d{2}",
        ["PL"] = @"\d{10}",
        ["PT"] = @"\d{9}",
        ["RO"] = @"\d{2,10}",
        ["SE"] = @"\d{12}",
        ["SI"] = @"\d{8}",
        ["SK"] = @"\d{10}",
    };

    /// <param name="country">ISO 3166-1 alpha-2.</param>
    public static bool IsOfTheUnion(string? country) => country is not null && Shapes.ContainsKey(PrefixOf(country));

    /// <returns>The country that the id begins with, ISO 3166-1 alpha-2; null when it begins with none.</returns>
    public static string? CountryOf(string? vatId)
    {
        if (vatId is null || Bare(vatId) is not { Length: > 2 } bare)
            return null;
        var country = bare[..2] == "EL" ? "GR" : bare[..2];
        return Countries.All.Any(c => c.Code == country) ? country : null;
    }

    /// <summary>Whether it looks like an id that this country of the Union gives out.</summary>
    public static bool Fits(string? vatId, string? country)
    {
        if (vatId is null || country is null || !Shapes.TryGetValue(PrefixOf(country), out var shape))
            return false;
        return Regex.IsMatch(Bare(vatId), $@"^{PrefixOf(country)}{shape}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    private static string PrefixOf(string country) => country == "GR" ? "EL" : country;

    private static string Bare(string vatId) =>
        new([.. vatId.Where(c => c is not (' ' or '.' or '-' or '/')).Select(char.ToUpperInvariant)]);
}
