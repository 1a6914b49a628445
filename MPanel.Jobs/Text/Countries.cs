using System.Globalization;

namespace MPanel.Jobs.Text;

/// <param name="Code">ISO 3166-1 alpha-2.</param>
/// <param name="Name">In English.</param>
public sealed record Country(string Code, string Name);

/// <summary>Countries by their ISO 3166-1 alpha-2 code, named in English.</summary>
public static class Countries
{
    private static readonly Dictionary<string, string> Names = CultureInfo
        .GetCultures(CultureTypes.SpecificCultures)
        .Where(c => !c.Name.EndsWith("001", StringComparison.Ordinal))
        .Select(c => new RegionInfo(c.Name))
        .Where(r => r.TwoLetterISORegionName.Length == 2 && r.TwoLetterISORegionName.All(char.IsAsciiLetterUpper))
        .DistinctBy(r => r.TwoLetterISORegionName)
        .ToDictionary(r => r.TwoLetterISORegionName, r => r.EnglishName);

    /// <summary>By name.</summary>
    public static readonly IReadOnlyList<Country> All =
    [
        .. Names.Select(n => new Country(n.Key, n.Value)).OrderBy(c => c.Name, StringComparer.Ordinal),
    ];

    /// <returns>The code itself where nobody knows its name.</returns>
    public static string NameOf(string code) => Names.GetValueOrDefault(code, code);
}
