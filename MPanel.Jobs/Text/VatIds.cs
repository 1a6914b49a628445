using System.Text.RegularExpressions;

namespace MPanel.Jobs.Text;

/// <summary>VAT ids of the European Union: whether one looks right. That it exists, only the country's register says.</summary>
public static class VatIds
{
    private static readonly Dictionary<string, string> Shapes = new(StringComparer.Ordinal)
    {
        ["AT"] = @"U[0-9]{8}",
        ["BE"] = @"[01][0-9]{9}",
        ["BG"] = @"[0-9]{9,10}",
        ["CY"] = @"[0-9]{8}[A-Z]",
        ["CZ"] = @"[0-9]{8,10}",
        ["DE"] = @"[0-9]{9}",
        ["DK"] = @"[0-9]{8}",
        ["EE"] = @"[0-9]{9}",
        ["EL"] = @"[0-9]{9}",
        ["ES"] = @"(?:[A-Z][0-9]{7}[A-Z0-9]|[0-9]{8}[A-Z])",
        ["FI"] = @"[0-9]{8}",
        ["FR"] = @"[A-HJ-NP-Z0-9]{2}[0-9]{9}",
        ["HR"] = @"[0-9]{11}",
        ["HU"] = @"[0-9]{8}",
        ["IE"] = @"(?:[0-9]{7}[A-W][A-I]?|[0-9][A-Z+*][0-9]{5}[A-W])",
        ["IT"] = @"[0-9]{11}",
        ["LT"] = @"(?:[0-9]{9}|[0-9]{12})",
        ["LU"] = @"[0-9]{8}",
        ["LV"] = @"[0-9]{11}",
        ["MT"] = @"[0-9]{8}",
        ["NL"] = @"[0-9]{9}B[0-9]{2}",
        ["PL"] = @"[0-9]{10}",
        ["PT"] = @"[0-9]{9}",
        ["RO"] = @"[0-9]{2,10}",
        ["SE"] = @"[0-9]{12}",
        ["SI"] = @"[0-9]{8}",
        ["SK"] = @"[0-9]{10}",
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
