using MPanel.NodeAgent.Contract;

namespace MPanel.NodeAgent.Work;

/// <summary>Cuts log lines into requests that stay well below the panel's body limit.</summary>
internal static class LogBatch
{
    private const int MostLines = 100;
    private const int MostBytes = 48 * 1024;

    // JSON may need six bytes for a character, and some for what goes with each line.
    private const int BytesOfCharacter = 6;
    private const int BytesOfLine = 200;

    /// <summary>As many of the first lines as fit, one at least if there is any.</summary>
    public static LogLine[] First(IEnumerable<LogLine> lines)
    {
        var bytes = 0;
        return
        [
            .. lines
                .Take(MostLines)
                .TakeWhile((line, i) => (bytes += line.Message.Length * BytesOfCharacter + BytesOfLine) <= MostBytes || i == 0),
        ];
    }
}
