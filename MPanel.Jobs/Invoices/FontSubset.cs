using System.Buffers.Binary;
using System.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>A font with the drawings of some glyphs only. Every glyph keeps its number; the others are empty.</summary>
internal static class FontSubset
{
    private static readonly string[] Kept =
    [
        "OS/2",
        "cmap",
        "cvt ",
        "fpgm",
        "glyf",
        "head",
        "hhea",
        "hmtx",
        "loca",
        "maxp",
        "name",
        "post",
        "prep",
    ];

    /// <param name="characters">What the glyphs stand for, as far as one glyph is one character.</param>
    public static byte[] Of(TrueTypeOutlines font, IEnumerable<int> glyphs, SortedDictionary<int, int> characters)
    {
        var used = WithParts(font, glyphs);
        var (drawings, locations) = Drawings(font, used);
        var head = font.Table("head").ToArray();
        // The checksum of the whole, which nobody reads in a PDF; and long offsets.
        head.AsSpan(8, 4).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(50), 1);
        var tables = Kept.Where(tag => tag == "cmap" || !font.Table(tag).IsEmpty)
            .Select(tag =>
                (
                    tag,
                    tag switch
                    {
                        "glyf" => drawings,
                        "loca" => locations,
                        "head" => head,
                        "cmap" => Characters(characters),
                        "hmtx" => Widths(font, used),
                        "post" => WithoutNames(font.Table("post")),
                        _ => font.Table(tag).ToArray(),
                    }
                )
            );
        return File([.. tables]);
    }

    /// <summary>A map of Unicode (format 12).</summary>
    private static byte[] Characters(SortedDictionary<int, int> characters)
    {
        var map = new byte[28 + 12 * characters.Count];
        BinaryPrimitives.WriteUInt16BigEndian(map.AsSpan(2), 1);
        BinaryPrimitives.WriteUInt16BigEndian(map.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt16BigEndian(map.AsSpan(6), 10);
        BinaryPrimitives.WriteUInt32BigEndian(map.AsSpan(8), 12);
        BinaryPrimitives.WriteUInt16BigEndian(map.AsSpan(12), 12);
        BinaryPrimitives.WriteUInt32BigEndian(map.AsSpan(16), (uint)map.Length - 12);
        BinaryPrimitives.WriteUInt32BigEndian(map.AsSpan(24), (uint)characters.Count);
        var at = 28;
        foreach (var (character, glyph) in characters)
        {
            BinaryPrimitives.WriteInt32BigEndian(map.AsSpan(at), character);
            BinaryPrimitives.WriteInt32BigEndian(map.AsSpan(at + 4), character);
            BinaryPrimitives.WriteInt32BigEndian(map.AsSpan(at + 8), glyph);
            at += 12;
        }
        return map;
    }

    /// <summary>Those of glyphs that are not used are nought, which takes no room once compressed.</summary>
    private static byte[] Widths(TrueTypeOutlines font, SortedSet<int> used)
    {
        var widths = font.Table("hmtx").ToArray();
        var count = BinaryPrimitives.ReadUInt16BigEndian(font.Table("hhea")[34..]);
        for (var glyph = 0; glyph < count - 1; glyph++)
            if (!used.Contains(glyph))
                widths.AsSpan(4 * glyph, 4).Clear();
        return widths;
    }

    private static byte[] WithoutNames(ReadOnlySpan<byte> post)
    {
        var plain = post[..32].ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(plain, 0x00030000);
        return plain;
    }

    /// <summary>With the empty box, and with what composed glyphs are composed of: an Å is an A and a ring.</summary>
    private static SortedSet<int> WithParts(TrueTypeOutlines font, IEnumerable<int> glyphs)
    {
        var used = new SortedSet<int>();
        var open = new Stack<int>(glyphs.Append(0));
        while (open.TryPop(out var glyph))
        {
            if (!used.Add(glyph))
                continue;
            var outline = font.Outline(glyph);
            if (outline.IsEmpty || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
                continue;
            for (var at = 10; ; )
            {
                var flags = BinaryPrimitives.ReadUInt16BigEndian(outline[at..]);
                open.Push(BinaryPrimitives.ReadUInt16BigEndian(outline[(at + 2)..]));
                at += 4 + ((flags & 0x01) != 0 ? 4 : 2);
                at +=
                    (flags & 0x08) != 0 ? 2
                    : (flags & 0x40) != 0 ? 4
                    : (flags & 0x80) != 0 ? 8
                    : 0;
                if ((flags & 0x20) == 0)
                    break;
            }
        }
        return used;
    }

    private static (byte[] Drawings, byte[] Locations) Drawings(TrueTypeOutlines font, SortedSet<int> used)
    {
        using var drawings = new MemoryStream();
        var locations = new byte[4 * (font.GlyphCount + 1)];
        for (var glyph = 0; glyph < font.GlyphCount; glyph++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(locations.AsSpan(4 * glyph), (uint)drawings.Length);
            if (!used.Contains(glyph))
                continue;
            drawings.Write(font.Outline(glyph));
            Pad(drawings);
        }
        BinaryPrimitives.WriteUInt32BigEndian(locations.AsSpan(4 * font.GlyphCount), (uint)drawings.Length);
        return (drawings.ToArray(), locations);
    }

    private static byte[] File((string Tag, byte[] Data)[] tables)
    {
        using var file = new MemoryStream();
        var power = (int)Math.Log2(tables.Length);
        Span<byte> entry = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(entry, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(entry[4..], (ushort)tables.Length);
        BinaryPrimitives.WriteUInt16BigEndian(entry[6..], (ushort)(16 << power));
        BinaryPrimitives.WriteUInt16BigEndian(entry[8..], (ushort)power);
        BinaryPrimitives.WriteUInt16BigEndian(entry[10..], (ushort)(16 * tables.Length - (16 << power)));
        file.Write(entry[..12]);
        var offset = 12 + 16 * tables.Length;
        foreach (var (tag, data) in tables)
        {
            Encoding.ASCII.GetBytes(tag, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], Checksum(data));
            BinaryPrimitives.WriteUInt32BigEndian(entry[8..], (uint)offset);
            BinaryPrimitives.WriteUInt32BigEndian(entry[12..], (uint)data.Length);
            file.Write(entry);
            offset += (data.Length + 3) / 4 * 4;
        }
        foreach (var (_, data) in tables)
        {
            file.Write(data);
            Pad(file);
        }
        return file.ToArray();
    }

    private static uint Checksum(byte[] data)
    {
        var sum = 0u;
        for (var i = 0; i < data.Length; i++)
            sum += (uint)data[i] << (24 - 8 * (i % 4));
        return sum;
    }

    private static void Pad(MemoryStream stream)
    {
        while (stream.Length % 4 != 0)
            stream.WriteByte(0);
    }
}
