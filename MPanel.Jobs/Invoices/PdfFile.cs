using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>
/// A PDF 1.7 document of text and lines on A4, written by ourselves: an invoice needs no more, and the same invoice then gives the same
/// bytes. Text is written as numbers of glyphs, so nothing in it can be anything but text. Lengths in points, from the top left.
/// </summary>
internal sealed class PdfFile
{
    private const int Width = 595;
    private const int Height = 842;

    private readonly List<StringBuilder> _pages = [];
    private readonly (TrueTypeFont Font, SortedDictionary<int, Rune> Used)[] _fonts = [(TrueTypeFont.Regular, []), (TrueTypeFont.Bold, [])];

    public int PageCount => _pages.Count;

    public void AddPage() => _pages.Add(new StringBuilder());

    /// <param name="y">Of the line that the text stands on.</param>
    public void Text(int page, string text, TrueTypeFont font, double size, double x, double y)
    {
        var number = Array.FindIndex(_fonts, f => f.Font == font);
        var glyphs = new StringBuilder();
        foreach (var character in text.EnumerateRunes())
        {
            var glyph = font.Glyph(character);
            _fonts[number].Used.TryAdd(glyph, glyph == 0 ? Rune.ReplacementChar : character);
            glyphs.Append(CultureInfo.InvariantCulture, $"{glyph:X4}");
        }
        _pages[page].Append(CultureInfo.InvariantCulture, $"BT /F{number} {size:0.##} Tf {x:0.##} {Height - y:0.##} Td <{glyphs}> Tj ET\n");
    }

    public void Line(int page, double from, double to, double y) =>
        _pages[page].Append(CultureInfo.InvariantCulture, $"0.5 w 0.6 G {from:0.##} {Height - y:0.##} m {to:0.##} {Height - y:0.##} l S\n");

    public byte[] Save(string title, DateTimeOffset created)
    {
        var objects = new PdfObjects();
        var pages = objects.Reserve();
        var fonts = string.Join(' ', _fonts.Select((f, i) => f.Used.Count == 0 ? "" : $"/F{i} {Font(objects, f.Font, f.Used)} 0 R"));
        var kids = _pages
            .Select(content =>
                objects.Add(
                    $"<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 {Width} {Height}] /Resources << /Font << {fonts} >> >> /Contents {objects.AddStream("", Encoding.ASCII.GetBytes(content.ToString()))} 0 R >>"
                )
            )
            .ToList();
        objects.Set(pages, $"<< /Type /Pages /Count {kids.Count} /Kids [{string.Join(' ', kids.Select(k => $"{k} 0 R"))}] >>");
        var catalog = objects.Add($"<< /Type /Catalog /Pages {pages} 0 R >>");
        var at = created.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var info = objects.Add($"<< /Title {Hex(title)} /Producer (MPanel) /CreationDate (D:{at}Z) >>");
        return objects.Save(catalog, info);
    }

    private static int Font(PdfObjects objects, TrueTypeFont font, SortedDictionary<int, Rune> used)
    {
        var subset = FontSubset.Of(font, used.Keys);
        var file = objects.AddStream($"/Length1 {subset.Length}", subset);
        // The six letters say that it is a subset.
        var name = $"MPANEL+{font.Name}";
        var descriptor = objects.Add(
            $"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{string.Join(' ', font.Box)}] /ItalicAngle 0 /Ascent {font.Ascent} /Descent {font.Descent} /CapHeight {font.Ascent} /StemV 80 /FontFile2 {file} 0 R >>"
        );
        var widths = string.Join(' ', used.Keys.Select(g => $"{g} [{font.Width(g)}]"));
        var glyphs = objects.Add(
            $"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /W [{widths}] /CIDToGIDMap /Identity >>"
        );
        var characters = objects.AddStream("", Encoding.ASCII.GetBytes(Characters(used)));
        return objects.Add(
            $"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /DescendantFonts [{glyphs} 0 R] /ToUnicode {characters} 0 R >>"
        );
    }

    /// <summary>Which character each glyph stands for: what searching in the document and copying from it give.</summary>
    private static string Characters(SortedDictionary<int, Rune> used)
    {
        var map = new StringBuilder(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Characters def /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        );
        foreach (var some in used.Chunk(100))
        {
            map.Append(CultureInfo.InvariantCulture, $"{some.Length} beginbfchar\n");
            foreach (var (glyph, character) in some)
                map.Append(
                    CultureInfo.InvariantCulture,
                    $"<{glyph:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(character.ToString()))}>\n"
                );
            map.Append("endbfchar\n");
        }
        return map.Append("endcmap CMapName currentdict /CMap defineresource pop end end").ToString();
    }

    private static string Hex(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";
}

/// <summary>The numbered objects a PDF consists of.</summary>
internal sealed class PdfObjects
{
    private readonly List<byte[]> _objects = [];

    /// <returns>The number of an object whose contents come later.</returns>
    public int Reserve() => Keep([]);

    public void Set(int number, string contents) => _objects[number - 1] = Encoding.ASCII.GetBytes(contents);

    public int Add(string contents) => Keep(Encoding.ASCII.GetBytes(contents));

    /// <param name="entries">Of the stream's dictionary, besides its length and filter.</param>
    public int AddStream(string entries, byte[] data)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(data);
        return Keep([
            .. Encoding.ASCII.GetBytes($"<< /Length {packed.Length} /Filter /FlateDecode {entries} >>\nstream\n"),
            .. packed.ToArray(),
            .. "\nendstream"u8,
        ]);
    }

    public byte[] Save(int catalog, int info)
    {
        using var file = new MemoryStream();
        // The second line tells programs that move files that this one is binary.
        file.Write("%PDF-1.7\n%\u00E2\u00E3\n"u8);
        var index = new StringBuilder().Append(CultureInfo.InvariantCulture, $"xref\n0 {_objects.Count + 1}\n0000000000 65535 f \n");
        for (var i = 0; i < _objects.Count; i++)
        {
            index.Append(CultureInfo.InvariantCulture, $"{file.Length:D10} 00000 n \n");
            file.Write(Encoding.ASCII.GetBytes($"{i + 1} 0 obj\n"));
            file.Write(_objects[i]);
            file.Write("\nendobj\n"u8);
        }
        index.Append(
            CultureInfo.InvariantCulture,
            $"trailer\n<< /Size {_objects.Count + 1} /Root {catalog} 0 R /Info {info} 0 R >>\nstartxref\n{file.Length}\n%%EOF\n"
        );
        file.Write(Encoding.ASCII.GetBytes(index.ToString()));
        return file.ToArray();
    }

    private int Keep(byte[] contents)
    {
        _objects.Add(contents);
        return _objects.Count;
    }
}
