using System.Text;
using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <param name="Size">In points.</param>
internal sealed record TextStyle(bool Bold, float Size)
{
    public float LineHeight => Size * 1.4f;
}

/// <summary>Glyphs of one face that stand side by side.</summary>
/// <param name="Text">In UTF-8: what is copied from the paper.</param>
/// <param name="Start">Where it begins in the line, in bytes of UTF-8.</param>
/// <param name="Glyphs">From left to right.</param>
/// <param name="Places">Of each glyph, in ems from the beginning of the line.</param>
/// <param name="Advances">Of each glyph, in ems.</param>
/// <param name="Clusters">Which byte of the text each glyph begins with.</param>
internal sealed record ShapedRun(
    FontFace Face,
    byte[] Text,
    int Start,
    ushort[] Glyphs,
    SKPoint[] Places,
    float[] Advances,
    uint[] Clusters
)
{
    public required bool RightToLeft { get; init; }
}

/// <summary>One line of text, ready for the paper.</summary>
/// <param name="Runs">From left to right.</param>
/// <param name="Ems">Its width, for a font of size one.</param>
/// <param name="Missing">Characters that no font has.</param>
internal sealed record ShapedText(IReadOnlyList<ShapedRun> Runs, float Ems, IReadOnlyList<Rune> Missing);
