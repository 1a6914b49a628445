using System.Text.Json;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Panel;

namespace MPanel.NodeAgent.Logs;

/// <param name="To">Where the part ends.</param>
/// <param name="Sizes">Of each website's log before the part's lines came to it.</param>
internal sealed record PendingPart(long To, Dictionary<long, long> Sizes);

/// <summary>How far the node's access log was split.</summary>
/// <param name="Number">Of the log that was taken up.</param>
/// <param name="Offset">All before it is in the websites' logs and was counted.</param>
/// <param name="Pending">What was begun and may be done in part; null when nothing was.</param>
internal sealed record LogPosition(long Number, long Offset, PendingPart? Pending = null)
{
    public bool Reaches(long number, long offset) => Number > number || (Number == number && Offset >= offset);
}

/// <summary>The file that remembers it.</summary>
internal sealed partial class LogCursor(NginxLayout layout, TrafficBook book, ILogger<LogCursor> logger)
{
    private readonly string _path = Path.Combine(layout.TrafficDirectory, "cursor.json");

    public LogPosition Read()
    {
        if (!File.Exists(_path))
            return book.Furthest();
        try
        {
            return JsonSerializer.Deserialize<LogPosition>(File.ReadAllBytes(_path), AgentJson.Options)
                ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            // Only a damaged disk does that. What was counted is known besides.
            DurableFile.Rename(_path, _path + ".broken");
            LogUnreadable(_path, e.Message);
            return book.Furthest();
        }
    }

    public void Write(LogPosition position) =>
        DurableFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(position, AgentJson.Options), DurableFile.Private);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} cannot be read and was set aside as .broken: {Reason}")]
    private partial void LogUnreadable(string file, string reason);
}
