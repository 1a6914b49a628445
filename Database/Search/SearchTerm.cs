using System.Globalization;

namespace MPanel.Database.Search;

/// <summary>What somebody typed into a search field, in the forms that the indexes can answer.</summary>
/// <param name="Text">Trimmed.</param>
public sealed record SearchTerm(string Text)
{
    public const int Shortest = 2;
    public const int Longest = 200;

    /// <returns>Null for what is too short, too long, or holds control characters, which no name or number does.</returns>
    public static SearchTerm? Read(string? text) =>
        text?.Trim() is { Length: >= Shortest and <= Longest } term && !term.Any(char.IsControl) ? new SearchTerm(term) : null;

    /// <summary>Pattern, in lower case, for the text anywhere; of two letters, which is less than a trigram, behind a space only.</summary>
    public string Like => Text.Length > 2 ? $"%{Escaped}%" : $"% {Escaped}%";

    /// <summary>Besides, for two letters: at the very start. Null for more, which are found there anyway.</summary>
    public string? Start => Text.Length > 2 ? null : $"{Escaped}%";

    /// <summary>The text as a number, with or without the letters of an order's reference; null for any other.</summary>
    public long? Number(string prefix = "")
    {
        var digits = prefix.Length > 0 && Text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? Text[prefix.Length..] : Text;
        return digits.Length <= 15 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    /// <summary>Whole numbers from first to last.</summary>
    public sealed record Range(long First, long Last);

    /// <summary>Every number of up to ten digits that begins with these, the exact one first.</summary>
    public static IReadOnlyList<Range> BeginningWith(long digits)
    {
        var ranges = new List<Range>();
        for (long width = 1; ; width *= 10)
        {
            if (digits * width > 9_999_999_999 || (digits == 0 && width > 1))
                return ranges;
            ranges.Add(new Range(digits * width, digits * width + width - 1));
        }
    }

    /// <summary>An invoice number, or the beginning of one: the series before the last hyphen, and the numbers that can follow it.</summary>
    /// <returns>Null for what is no such thing.</returns>
    public (string Series, IReadOnlyList<Range> Numbers)? InvoiceNumber()
    {
        var hyphen = Text.LastIndexOf('-');
        if (hyphen < 1 || Text[(hyphen + 1)..] is not { Length: > 0 and <= 10 } digits || !digits.All(char.IsAsciiDigit))
            return null;
        var value = long.Parse(digits, CultureInfo.InvariantCulture);
        var series = Text[..hyphen].ToUpperInvariant();
        // Numbers stand with six digits at least; those that need more have no leading zero.
        if (digits.Length > 6)
            return (series, BeginningWith(value));
        var width = (long)Math.Pow(10, 6 - digits.Length);
        var padded = new Range(value * width, value * width + width - 1);
        return (series, digits[0] == '0' ? [padded] : [padded, .. BeginningWith(value).Where(r => r.First > 999_999)]);
    }

    private string Escaped =>
        Text.ToLowerInvariant()
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
}
