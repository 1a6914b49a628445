using System.Buffers.Binary;
using System.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>
/// A TrueType font that is embedded in the program: what a machine happens to have installed must not change an invoice. Knows which glyph
/// shows a character, how wide it is, and how to carry only some of its glyphs along.
/// </summary>
internal sealed class TrueTypeFont
{
    private readonly byte[] _file;
    private readonly Dictionary<string, (int Offset, int Length)> _tables = [];
    private readonly Dictionary<int, int> _glyphs = [];
    private readonly int _widths;
    private readonly bool _longOffsets;

    private TrueTypeFont(string name)
    {
        Name = name;
        using var stream =
            typeof(TrueTypeFont).Assembly.GetManifestResourceStream($"fonts/{name}")
            ?? throw new InvalidOperationException($"There is no font {name} in Invoices/Fonts.");
        _file = new byte[stream.Length];
        stream.ReadExactly(_file);
        for (var i = 0; i < U16(4); i++)
        {
            var entry = 12 + 16 * i;
            _tables[Encoding.ASCII.GetString(_file, entry, 4)] = ((int)U32(entry + 8), (int)U32(entry + 12));
        }
        UnitsPerEm = U16(At("head") + 18);
        _longOffsets = U16(At("head") + 50) == 1;
        GlyphCount = U16(At("maxp") + 4);
        _widths = U16(At("hhea") + 34);
        ReadCharacters();
    }

    public static readonly TrueTypeFont Regular = new("DejaVuSans");
    public static readonly TrueTypeFont Bold = new("DejaVuSans-Bold");

    public string Name { get; }
    public int UnitsPerEm { get; }
    public int GlyphCount { get; }
    public int Ascent => Thousandths(S16(At("hhea") + 4));
    public int Descent => Thousandths(S16(At("hhea") + 6));
    public IEnumerable<int> Box => Enumerable.Range(0, 4).Select(i => Thousandths(S16(At("head") + 36 + 2 * i)));

    /// <returns>0, the empty box, for what the font does not have.</returns>
    public int Glyph(Rune character) => _glyphs.GetValueOrDefault(character.Value);

    /// <summary>In thousandths of the font's size.</summary>
    public int Width(int glyph) => Thousandths(U16(At("hmtx") + 4 * Math.Min(glyph, _widths - 1)));

    public double Width(string text, double size) => text.EnumerateRunes().Sum(r => Width(Glyph(r))) * size / 1000;

    public ReadOnlySpan<byte> Table(string tag) =>
        _tables.TryGetValue(tag, out var table) ? _file.AsSpan(table.Offset, table.Length) : default;

    /// <summary>The drawing of one glyph; empty for one that draws nothing.</summary>
    public ReadOnlySpan<byte> Outline(int glyph)
    {
        var from = Location(glyph);
        return _file.AsSpan(At("glyf") + from, Location(glyph + 1) - from);
    }

    private int Location(int glyph) => _longOffsets ? (int)U32(At("loca") + 4 * glyph) : 2 * U16(At("loca") + 2 * glyph);

    /// <summary>From the map of all of Unicode (format 12), which both fonts have.</summary>
    private void ReadCharacters()
    {
        var cmap = At("cmap");
        for (var i = 0; i < U16(cmap + 2); i++)
        {
            var map = cmap + (int)U32(cmap + 4 + 8 * i + 4);
            if (U16(map) != 12)
                continue;
            for (var group = 0; group < U32(map + 12); group++)
            {
                var at = map + 16 + 12 * group;
                var (first, last, glyph) = (U32(at), U32(at + 4), U32(at + 8));
                for (var character = first; character <= last; character++)
                    _glyphs[(int)character] = (int)(glyph + character - first);
            }
        }
        if (_glyphs.Count == 0)
            throw new InvalidOperationException($"{Name} has no map of Unicode.");
    }

    private int Thousandths(int units) => units * 1000 / UnitsPerEm;

    private int At(string tag) => _tables[tag].Offset;

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at));

    private int S16(int at) => BinaryPrimitives.ReadInt16BigEndian(_file.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at));
}
