using System.Globalization;
using System.Text;

namespace MPanel.Jobs.Invoices;

/// <summary>Text in lines no wider than they may be: broken at blanks, and within a word that is wider than a line.</summary>
internal static class LineBreaks
{
    /// <param name="width">In points.</param>
    public static List<string> Wrap(this TextShaper shaper, string text, TextStyle style, float width)
    {
        var lines = new List<string>();
        foreach (var paragraph in text.Split('\n'))
            Wrap(TextShaper.Printable(paragraph).Trim(), shaper, style, width / style.Size, lines);
        return lines;
    }

    /// <summary>Shaped once as a whole, so that a long name costs no more than its length.</summary>
    private static void Wrap(string text, TextShaper shaper, TextStyle style, float ems, List<string> lines)
    {
        var widths = Widths(text, shaper.Shape(text, style.Bold));
        int begin = 0,
            blank = -1;
        var line = 0f;
        var sinceBlank = 0f;
        for (var at = 0; at < text.Length; )
        {
            var size = StringInfo.GetNextTextElementLength(text, at);
            var width = 0f;
            for (var i = at; i < at + size; i++)
                width += widths[i];
            if (text[at] == ' ')
                (blank, sinceBlank) = (at, -width);
            while (text[at] != ' ' && line + width > ems && at > begin)
            {
                var atBlank = blank > begin;
                Add(text[begin..(atBlank ? blank : at)], lines);
                (begin, line, blank) = (atBlank ? blank + 1 : at, atBlank ? sinceBlank : 0, -1);
            }
            line += width;
            sinceBlank += width;
            at += size;
        }
        Add(text[begin..], lines);
    }

    private static void Add(string line, List<string> lines)
    {
        if (line.Trim() is { Length: > 0 } filled)
            lines.Add(filled);
    }

    /// <summary>The width of each character as it is written, in ems; of a ligature all at its first.</summary>
    private static float[] Widths(string text, ShapedText shaped)
    {
        var places = new int[Encoding.UTF8.GetByteCount(text) + 1];
        var at = 0;
        var character = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            places[at] = character;
            at += rune.Utf8SequenceLength;
            character += rune.Utf16SequenceLength;
        }
        var widths = new float[text.Length];
        foreach (var run in shaped.Runs)
            for (var i = 0; i < run.Glyphs.Length; i++)
                widths[places[run.Start + (int)run.Clusters[i]]] += run.Advances[i];
        return widths;
    }
}
