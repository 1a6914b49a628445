using Icu;

namespace MPanel.Jobs.Invoices;

/// <summary>A part of a line that runs in one direction. Places in UTF-16.</summary>
internal readonly record struct BidiRun(int Start, int Length, bool RightToLeft);

/// <summary>Unicode's bidi algorithm, by the ICU library that .NET itself loads.</summary>
internal static class BidiRuns
{
    private const char FirstRightToLeft = '\u0590';

    // The wrapper looks for the library at its first call; two at once would look twice.
    private static readonly Lock Opening = new();
    private static bool _opened;

    /// <returns>From left to right.</returns>
    public static IReadOnlyList<BidiRun> Of(string line)
    {
        if (line.Length == 0)
            return [];
        if (line.AsSpan().IndexOfAnyExceptInRange('\0', FirstRightToLeft) < 0)
            return [new BidiRun(0, line.Length, false)];
        Open();
        using var bidi = new BiDi();
        bidi.SetPara(line, BiDi.DEFAULT_LTR, null);
        var runs = new BidiRun[bidi.CountRuns()];
        for (var i = 0; i < runs.Length; i++)
        {
            var direction = bidi.GetVisualRun(i, out var start, out var length);
            runs[i] = new BidiRun(start, length, direction == BiDi.BiDiDirection.RTL);
        }
        return runs;
    }

    private static void Open()
    {
        lock (Opening)
        {
            if (!_opened)
                Wrapper.Init();
            _opened = true;
        }
    }
}
