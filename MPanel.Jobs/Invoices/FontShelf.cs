using System.Collections.Concurrent;
using System.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>
/// The fonts that an invoice is printed with, in a fixed order: DejaVu Sans, which is embedded in the program, then the Noto fonts of the machine
/// for what DejaVu has no glyph of. Opened when they are first needed, and kept.
/// </summary>
internal sealed class FontShelf
{
    private const int MaxRemembered = 20_000;

    /// <summary>Faces of the one file that holds Chinese, Japanese and Korean, which draw the same character differently.</summary>
    private static readonly Dictionary<string, int> HanFaces = new()
    {
        ["KR"] = 1,
        ["KP"] = 1,
        ["CN"] = 2,
        ["SG"] = 2,
        ["TW"] = 3,
        ["HK"] = 4,
        ["MO"] = 4,
    };

    private static readonly string[] Variants = ["Display", "Mono", "UI-", "Symbols"];

    private readonly Lazy<FontFace?>[] _regular;
    private readonly Lazy<FontFace?>[] _bold;
    private readonly Lazy<FontFace?>[] _han;
    private readonly Lazy<FontFace?>[] _boldHan;
    private readonly ConcurrentDictionary<(int Character, bool Bold, int Han), FontFace?> _found = new();

    private FontShelf(params string[] directories)
    {
        var files = directories
            .Where(Directory.Exists)
            .SelectMany(d => Directory.EnumerateFiles(d, "Noto*.tt?"))
            .Order(StringComparer.Ordinal)
            .ToList();
        _regular = [new(() => FontFace.Embedded("DejaVuSans")), .. Faces(files, "-Regular.ttf")];
        _bold = [new(() => FontFace.Embedded("DejaVuSans-Bold")), .. Faces(files, "-Bold.ttf")];
        _han = Collection(files, "NotoSansCJK-Regular.ttc");
        _boldHan = Collection(files, "NotoSansCJK-Bold.ttc");
    }

    /// <summary>With what is embedded and nothing else.</summary>
    public static FontShelf Embedded { get; } = new();

    /// <summary>With the packages fonts-noto-core and fonts-noto-cjk, where they are installed.</summary>
    public static FontShelf Installed { get; } = new("/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto");

    /// <summary>The face of what can't be printed: its empty box stands there.</summary>
    public FontFace Default(bool bold) => (bold ? _bold : _regular)[0].Value!;

    /// <param name="country">Of whoever reads it: decides how Chinese characters are drawn.</param>
    /// <returns>Null when no font has it.</returns>
    public FontFace? For(Rune character, bool bold, string? country)
    {
        var han = HanFaces.GetValueOrDefault(country ?? "");
        if (_found.TryGetValue((character.Value, bold, han), out var known))
            return known;
        var found = Find(character, bold, han);
        // Names can hold any of a million characters: what is remembered must end somewhere.
        if (_found.Count < MaxRemembered)
            _found.TryAdd((character.Value, bold, han), found);
        return found;
    }

    private FontFace? Find(Rune character, bool bold, int han)
    {
        IEnumerable<Lazy<FontFace?>> order = bold
            ? [.. _bold, .. _boldHan.Skip(han).Take(1), .. _regular, .. _han.Skip(han).Take(1)]
            : [.. _regular, .. _han.Skip(han).Take(1)];
        return order.Select(f => f.Value).FirstOrDefault(f => f?.Has(character) == true);
    }

    /// <summary>Sans before Serif; symbols last, for they hold letters of many scripts as well.</summary>
    private static IEnumerable<Lazy<FontFace?>> Faces(List<string> files, string ending) =>
        files
            .Where(f => f.EndsWith(ending, StringComparison.Ordinal))
            .OrderBy(f => Variants.Any(v => f.Contains(v, StringComparison.Ordinal)))
            .ThenBy(f => !Path.GetFileName(f).StartsWith("NotoSans", StringComparison.Ordinal))
            .Select(f => new Lazy<FontFace?>(() => FontFace.Open(f)));

    private static Lazy<FontFace?>[] Collection(List<string> files, string name) =>
        files.Find(f => Path.GetFileName(f) == name) is { } path
            ? [.. Enumerable.Range(0, 5).Select(i => new Lazy<FontFace?>(() => FontFace.Open(path, i)))]
            : [];
}
