using System.Globalization;
using System.Text;
using HarfBuzzSharp;
using SkiaSharp;
using Buffer = HarfBuzzSharp.Buffer;

namespace MPanel.Jobs.Invoices;

/// <summary>
/// Turns a line of text into glyphs: runs of one direction (Unicode's bidi algorithm), in them runs of one script and one face, each shaped by
/// HarfBuzz. One for each invoice; the fonts are shared.
/// </summary>
/// <param name="country">Of whoever reads it.</param>
internal sealed class TextShaper(FontShelf fonts, string? country)
{
    private static readonly Language Undetermined = new("und");

    private readonly record struct Segment(int Start, int Length, FontFace Face, Script Script);

    public ShapedText Shape(string line, bool bold)
    {
        var text = Printable(line);
        var runs = new List<ShapedRun>();
        var missing = new List<Rune>();
        var x = 0f;
        foreach (var (start, length, rightToLeft) in BidiRuns.Of(text))
        {
            var segments = Segments(text, start, length, bold, missing);
            if (rightToLeft)
                segments.Reverse();
            foreach (var segment in segments)
                runs.Add(Shape(text, segment, rightToLeft, ref x));
        }
        return new ShapedText(runs, x, missing);
    }

    /// <summary>As it is shaped: no halves of characters, and blanks for what steers a printer.</summary>
    public static string Printable(string text) =>
        string.Concat(text.EnumerateRunes().Select(r => Rune.IsControl(r) || r.Value is 0x2028 or 0x2029 ? " " : r.ToString()));

    private List<Segment> Segments(string text, int start, int length, bool bold, List<Rune> missing)
    {
        var segments = new List<Segment>();
        for (var at = start; at < start + length; )
        {
            var size = Math.Min(StringInfo.GetNextTextElementLength(text, at), start + length - at);
            var element = text.AsSpan(at, size);
            var script = ScriptOf(element);
            var last = segments.Count > 0 ? segments[^1] : default;
            var face = script is null && last.Face is not null && HasAll(last.Face, element) ? last.Face : FaceFor(element, bold, missing);
            if (last.Face == face && (script is null || last.Script == Script.Common || script == last.Script))
                segments[^1] = last with { Length = last.Length + size, Script = script ?? last.Script };
            else
                segments.Add(new Segment(at, size, face, script ?? Script.Common));
            at += size;
        }
        return segments;
    }

    /// <returns>Null for blanks, digits, signs and marks, which go with any script.</returns>
    private static Script? ScriptOf(ReadOnlySpan<char> element)
    {
        foreach (var rune in element.EnumerateRunes())
        {
            var script = UnicodeFunctions.Default.GetScript((uint)rune.Value);
            if (script != Script.Common && script != Script.Inherited && script != Script.Unknown)
                return script;
        }
        return null;
    }

    /// <summary>One that has all of the element, for an accent of another font would stand anywhere; else what has its first character.</summary>
    private FontFace FaceFor(ReadOnlySpan<char> element, bool bold, List<Rune> missing)
    {
        FontFace? first = null;
        foreach (var rune in element.EnumerateRunes())
        {
            if (IsUnseen(rune))
                continue;
            if (fonts.For(rune, bold, country) is not { } face)
                missing.Add(rune);
            else if (HasAll(face, element))
                return face;
            else
                first ??= face;
        }
        if (first is not null)
            missing.AddRange(Lacking(first, element).Except(missing));
        return first ?? fonts.Default(bold);
    }

    private static bool HasAll(FontFace face, ReadOnlySpan<char> element)
    {
        foreach (var rune in element.EnumerateRunes())
            if (!IsUnseen(rune) && !face.Has(rune))
                return false;
        return true;
    }

    private static List<Rune> Lacking(FontFace face, ReadOnlySpan<char> element)
    {
        var lacking = new List<Rune>();
        foreach (var rune in element.EnumerateRunes())
            if (!IsUnseen(rune) && !face.Has(rune))
                lacking.Add(rune);
        return lacking;
    }

    /// <summary>Joiners, marks of direction, variation selectors: they steer other glyphs and have none.</summary>
    private static bool IsUnseen(Rune rune) =>
        rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0x034F
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    private static ShapedRun Shape(string text, Segment segment, bool rightToLeft, ref float x)
    {
        var bytes = Encoding.UTF8.GetBytes(text, segment.Start, segment.Length);
        using var buffer = new Buffer();
        buffer.AddUtf8(bytes);
        buffer.Direction = rightToLeft ? Direction.RightToLeft : Direction.LeftToRight;
        buffer.Script = segment.Script;
        buffer.Language = Undetermined;
        segment.Face.Shape(buffer);
        var infos = buffer.GetGlyphInfoSpan();
        var positions = buffer.GetGlyphPositionSpan();
        var glyphs = new ushort[infos.Length];
        var clusters = new uint[infos.Length];
        var places = new SKPoint[infos.Length];
        var advances = new float[infos.Length];
        for (var i = 0; i < infos.Length; i++)
        {
            var box = infos[i].Codepoint == 0 ? segment.Face.Box : null;
            glyphs[i] = (ushort)(box?.Glyph ?? infos[i].Codepoint);
            clusters[i] = infos[i].Cluster;
            places[i] = new SKPoint(x + positions[i].XOffset / FontFace.Em, -positions[i].YOffset / FontFace.Em);
            advances[i] = box?.Advance ?? positions[i].XAdvance / FontFace.Em;
            x += advances[i];
        }
        return new ShapedRun(
            segment.Face,
            bytes,
            Encoding.UTF8.GetByteCount(text.AsSpan(0, segment.Start)),
            glyphs,
            places,
            advances,
            clusters
        )
        {
            RightToLeft = rightToLeft,
        };
    }
}
