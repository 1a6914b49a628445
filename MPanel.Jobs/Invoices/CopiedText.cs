namespace MPanel.Jobs.Invoices;

/// <summary>
/// What searching and copying give for the glyphs of a run. Programs guess it from where glyphs stand, and guess wrong in two cases that are
/// helped here.
/// </summary>
/// <param name="Text">In UTF-8.</param>
/// <param name="Clusters">Which byte of the text each glyph begins with; glyphs of the same one are taken together.</param>
internal readonly record struct CopiedText(byte[] Text, uint[] Clusters)
{
    private static readonly byte[] LeftToRightMark = [0xE2, 0x80, 0x8E];

    public static CopiedText Of(ShapedRun run, bool afterRightToLeft)
    {
        var clusters = HasPlacedMarks(run) ? Words(run) : run.Clusters;
        return afterRightToLeft && !run.RightToLeft ? Marked(run.Text, clusters) : new CopiedText(run.Text, clusters);
    }

    /// <summary>A bracket after an Arabic name would be taken for a part of the name.</summary>
    private static CopiedText Marked(byte[] text, uint[] clusters) =>
        new([.. LeftToRightMark, .. text], [.. clusters.Select(c => c == 0 ? 0 : c + (uint)LeftToRightMark.Length)]);

    /// <summary>A mark that is moved back over its letter leaves a gap that would be taken for a blank.</summary>
    private static bool HasPlacedMarks(ShapedRun run)
    {
        // From right to left, such programs put the characters of a word that is taken together in the wrong order.
        if (run.RightToLeft)
            return false;
        var x = run.Places[0].X;
        for (var i = 1; i < run.Glyphs.Length; i++)
        {
            x += run.Advances[i - 1];
            if (run.Advances[i] == 0 && run.Places[i].X < x)
                return true;
        }
        return false;
    }

    private static uint[] Words(ShapedRun run)
    {
        var clusters = new uint[run.Clusters.Length];
        for (var i = 0; i < clusters.Length; i++)
        {
            var at = (int)run.Clusters[i];
            var word = run.Text[at] == ' ' ? at : run.Text.AsSpan(0, at).LastIndexOf((byte)' ') + 1;
            clusters[i] = (uint)word;
        }
        return clusters;
    }
}
