using System.Text;
using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>Pages as a PDF document, A4. The same pages give the same bytes.</summary>
internal static class PdfPaper
{
    private const float Width = 595;
    private const float Height = 842;

    public static byte[] Print(IReadOnlyList<PaperPage> pages, string title, DateTimeOffset created)
    {
        var faces = Faces(pages);
        try
        {
            using var file = new MemoryStream();
            var metadata = new SKDocumentPdfMetadata(SKDocumentPdfMetadata.DefaultRasterDpi, SKDocumentPdfMetadata.DefaultEncodingQuality)
            {
                Title = title,
                Producer = "MPanel",
                Creation = created.UtcDateTime,
                Modified = created.UtcDateTime,
            };
            using (var document = SKDocument.CreatePdf(file, metadata))
            {
                foreach (var page in pages)
                {
                    Draw(document.BeginPage(Width, Height), page, faces);
                    document.EndPage();
                }
                document.Close();
            }
            return file.ToArray();
        }
        finally
        {
            foreach (var (face, paper) in faces)
                if (face.Outlines is not null)
                    paper.Dispose();
        }
    }

    /// <summary>Of each font only the glyphs that are used, where it can be cut: the document would carry all of it along.</summary>
    private static Dictionary<FontFace, SKTypeface> Faces(IReadOnlyList<PaperPage> pages) =>
        pages
            .SelectMany(p => p.Texts)
            .SelectMany(t => t.Text.Runs)
            .GroupBy(r => r.Face)
            .ToDictionary(runs => runs.Key, runs => runs.Key.Outlines is { } outlines ? Cut(runs.Key, outlines, runs) : runs.Key.Whole);

    private static SKTypeface Cut(FontFace face, TrueTypeOutlines outlines, IEnumerable<ShapedRun> runs)
    {
        var glyphs = new SortedSet<int>();
        var texts = new HashSet<Rune>();
        foreach (var run in runs)
        {
            glyphs.UnionWith(run.Glyphs.Select(g => (int)g));
            texts.UnionWith(Encoding.UTF8.GetString(run.Text).EnumerateRunes());
        }
        var characters = new SortedDictionary<int, int>();
        foreach (var rune in texts)
            if (face.Has(rune, out var glyph) && glyphs.Contains((int)glyph))
                characters.Add(rune.Value, (int)glyph);
        using var data = SKData.CreateCopy(FontSubset.Of(outlines, glyphs, characters));
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException("A subset of a font is no font.");
    }

    private static void Draw(SKCanvas canvas, PaperPage page, Dictionary<FontFace, SKTypeface> faces)
    {
        using var grey = new SKPaint { Color = new SKColor(0x99, 0x99, 0x99), StrokeWidth = 0.5f };
        using var black = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        foreach (var (image, place) in page.Images)
            canvas.DrawImage(image, place, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear), black);
        foreach (var y in page.Rules)
            canvas.DrawLine(PdfSheet.Left, y, PdfSheet.Right, y, grey);
        foreach (var text in page.Texts)
            Draw(canvas, text, black, faces);
    }

    private static void Draw(SKCanvas canvas, PaperText line, SKPaint paint, Dictionary<FontFace, SKTypeface> faces)
    {
        // A pile of accents would be written over the lines around it.
        var piled = line.Text.Runs.Any(r => r.Places.Any(p => Math.Abs(p.Y) > 0.7f));
        if (piled)
        {
            canvas.Save();
            canvas.ClipRect(new SKRect(0, line.Y - line.Style.LineHeight, Width, line.Y + line.Style.LineHeight / 2));
        }
        var afterRightToLeft = false;
        foreach (var run in line.Text.Runs.Where(r => r.Glyphs.Length > 0))
        {
            Draw(canvas, run, CopiedText.Of(run, afterRightToLeft), line, paint, faces[run.Face]);
            afterRightToLeft = run.RightToLeft;
        }
        if (piled)
            canvas.Restore();
    }

    private static void Draw(SKCanvas canvas, ShapedRun run, CopiedText copied, PaperText line, SKPaint paint, SKTypeface face)
    {
        using var font = new SKFont(face, line.Style.Size)
        {
            Subpixel = true,
            Hinting = SKFontHinting.None,
            LinearMetrics = true,
        };
        using var builder = new SKTextBlobBuilder();
        // With its text, or what is copied from the paper is what single glyphs stand for: half of an Indic syllable, a form of an Arabic letter.
        var buffer = builder.AllocateRawPositionedTextRun(font, run.Glyphs.Length, copied.Text.Length, null);
        run.Glyphs.CopyTo(buffer.Glyphs);
        copied.Text.CopyTo(buffer.Text);
        copied.Clusters.CopyTo(buffer.Clusters);
        for (var i = 0; i < run.Places.Length; i++)
            buffer.Positions[i] = new SKPoint(run.Places[i].X * line.Style.Size, run.Places[i].Y * line.Style.Size);
        using var blob = builder.Build();
        if (blob is not null)
            canvas.DrawText(blob, line.X, line.Y, paint);
    }
}
