using SkiaSharp;

namespace MPanel.Jobs.Invoices;

/// <summary>What stands on one page. Lengths in points, from the top left.</summary>
internal sealed record PaperPage
{
    public List<PaperText> Texts { get; } = [];

    /// <summary>Lines from margin to margin.</summary>
    public List<float> Rules { get; } = [];
    public List<PaperImage> Images { get; } = [];
}

/// <param name="Y">Of the line that the text stands on.</param>
internal sealed record PaperText(ShapedText Text, TextStyle Style, float X, float Y);

internal sealed record PaperImage(SKImage Image, SKRect Place);
