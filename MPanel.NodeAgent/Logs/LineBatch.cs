using System.Buffers;
using MPanel.NodeAgent.Node;

namespace MPanel.NodeAgent.Logs;

/// <param name="Requests">How many.</param>
/// <param name="BytesIn">Of the requests, bodies included.</param>
/// <param name="BytesOut">Of the answers, heads included.</param>
internal sealed record SiteTraffic(long Requests, long BytesIn, long BytesOut)
{
    public static readonly SiteTraffic None = new(0, 0, 0);

    public SiteTraffic Plus(SiteTraffic other) => new(Requests + other.Requests, BytesIn + other.BytesIn, BytesOut + other.BytesOut);
}

/// <summary>
/// A part of an access log, of whole lines: at most <see cref="MostBytes"/>, however long the log is. The same part is always split in the same way.
/// </summary>
internal sealed class LineBatch
{
    public const int MostBytes = 4 * 1024 * 1024;

    private LineBatch(long from, long to) => (From, To) = (from, to);

    public long From { get; }
    public long To { get; }

    /// <summary>Lines by website, as its owner gets them. Those that no website has are under <see cref="AccessLine.NoSite"/>.</summary>
    public Dictionary<long, ArrayBufferWriter<byte>> Lines { get; } = [];

    /// <summary>What websites have moved, by day.</summary>
    public Dictionary<DateOnly, Dictionary<long, SiteTraffic>> Traffic { get; } = [];

    public int Count { get; private set; }

    /// <summary>The next part of a log, or null when there is none yet.</summary>
    /// <param name="to">Where it ends when that is known already; otherwise null.</param>
    /// <param name="final">Nobody writes to the log any more: a line that was cut off is a line, too.</param>
    public static LineBatch? Read(string path, long from, long? to, bool final)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MostBytes);
        try
        {
            using var file = Posix.OpenForReading(path);
            var read = ReadAll(file, buffer.AsSpan(0, (int)Math.Min(MostBytes, (to ?? long.MaxValue) - from)), from);
            var whole = Whole(buffer.AsSpan(0, read), final || to is not null);
            if (whole == 0)
                return null;
            var batch = new LineBatch(from, from + whole);
            batch.Split(buffer.AsSpan(0, whole));
            return batch;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> buffer, long from)
    {
        var read = 0;
        for (int count; read < buffer.Length && (count = RandomAccess.Read(file, buffer[read..], from + read)) > 0; )
            read += count;
        return read;
    }

    // nginx writes no line that is as long as a part may be: what has no end by then is none of its.
    private static int Whole(ReadOnlySpan<byte> read, bool final)
    {
        var end = read.LastIndexOf((byte)'\n') + 1;
        return end > 0 && (!final || end == read.Length || read.Length == MostBytes) ? end
            : final || read.Length == MostBytes ? read.Length
            : 0;
    }

    private void Split(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            Add(end < 0 ? bytes : bytes[..end]);
            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        Count++;
        var known = AccessLine.Parse(line);
        var site = known?.Site ?? AccessLine.NoSite;
        if (!Lines.TryGetValue(site, out var lines))
            Lines[site] = lines = new ArrayBufferWriter<byte>();
        lines.Write(known is { } read ? line[read.TextStart..] : line);
        lines.Write("\n"u8);
        if (known is not { Site: not AccessLine.NoSite } visit)
            return;
        if (!Traffic.TryGetValue(visit.Day, out var day))
            Traffic[visit.Day] = day = [];
        day[site] = day.GetValueOrDefault(site, SiteTraffic.None).Plus(new SiteTraffic(1, visit.Received, visit.Sent));
    }
}
