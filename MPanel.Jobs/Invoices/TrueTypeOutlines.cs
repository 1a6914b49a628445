using System.Buffers.Binary;
using System.Text;
using HarfBuzzSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>The tables of a TrueType font, as far as carrying only some of its glyphs along needs them.</summary>
internal sealed class TrueTypeOutlines
{
    private readonly Blob _file;
    private readonly Dictionary<string, (int Offset, int Length)> _tables = [];
    private readonly bool _longOffsets;

    private TrueTypeOutlines(Blob file)
    {
        _file = file;
        for (var i = 0; i < U16(4); i++)
        {
            var entry = 12 + 16 * i;
            _tables[Encoding.ASCII.GetString(Bytes.Slice(entry, 4))] = ((int)U32(entry + 8), (int)U32(entry + 12));
        }
        if (!CanBeCut)
            return;
        _longOffsets = U16(At("head") + 50) == 1;
        GlyphCount = U16(At("maxp") + 4);
    }

    public int GlyphCount { get; }

    private bool CanBeCut => !_tables.ContainsKey("fvar") && Needed.All(_tables.ContainsKey);

    private static readonly string[] Needed = ["glyf", "loca", "head", "maxp", "hhea", "hmtx"];

    private ReadOnlySpan<byte> Bytes => _file.AsSpan();

    /// <returns>Null for collections, for fonts with outlines of another kind, and for variable ones.</returns>
    public static TrueTypeOutlines? Of(Blob file)
    {
        if (file.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan()) != 0x00010000)
            return null;
        var outlines = new TrueTypeOutlines(file);
        return outlines.CanBeCut ? outlines : null;
    }

    public ReadOnlySpan<byte> Table(string tag) =>
        _tables.TryGetValue(tag, out var table) ? Bytes.Slice(table.Offset, table.Length) : default;

    /// <summary>The drawing of one glyph; empty for one that draws nothing.</summary>
    public ReadOnlySpan<byte> Outline(int glyph)
    {
        var from = Location(glyph);
        return Bytes.Slice(At("glyf") + from, Location(glyph + 1) - from);
    }

    private int Location(int glyph) => _longOffsets ? (int)U32(At("loca") + 4 * glyph) : 2 * U16(At("loca") + 2 * glyph);

    private int At(string tag) => _tables[tag].Offset;

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(Bytes[at..]);

    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(Bytes[at..]);
}
