using System.Buffers.Binary;
using System.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>A font with the drawings of some glyphs only. Every glyph keeps its number; the others are empty.</summary>
internal static class FontSubset
{
    private static readonly string[] Kept = ["cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"];

    public static byte[] Of(TrueTypeFont font, IEnumerable<int> glyphs)
    {
        var used = WithParts(font, glyphs);
        var (drawings, locations) = Drawings(font, used);
        var head = font.Table("head").ToArray();
        // The checksum of the whole, which nobody reads in a PDF; and long offsets.
        head.AsSpan(8, 4).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(50), 1);
        var tables = Kept.Where(tag => !font.Table(tag).IsEmpty)
            .Select(tag =>
                (
                    tag,
                    tag switch
                    {
                        "glyf" => drawings,
                        "loca" => locations,
                        "head" => head,
                        _ => font.Table(tag).ToArray(),
                    }
                )
            );
        return File([.. tables]);
    }

    /// <summary>With the empty box, and with what composed glyphs are composed of: an Å is an A and a ring.</summary>
    private static SortedSet<int> WithParts(TrueTypeFont font, IEnumerable<int> glyphs)
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

    private static (byte[] Drawings, byte[] Locations) Drawings(TrueTypeFont font, SortedSet<int> used)
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
