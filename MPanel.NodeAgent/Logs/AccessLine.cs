using System.Buffers.Text;
using MPanel.NodeAgent.Hosting;

namespace MPanel.NodeAgent.Logs;

/// <summary>
/// What the agent reads of a line of nginx's access log: its first four fields, which nginx writes and no visitor has a say in. What follows is
/// the visitor's, escaped by nginx, and only handed on.
/// </summary>
/// <param name="Site">The website's id; <see cref="NoSite"/> when no website has the name that was asked for.</param>
/// <param name="Day">In UTC.</param>
/// <param name="Received">Bytes of the request.</param>
/// <param name="Sent">Bytes of the answer, its head included.</param>
/// <param name="TextStart">Where the rest of the line begins.</param>
internal readonly record struct AccessLine(long Site, DateOnly Day, long Received, long Sent, int TextStart)
{
    public const long NoSite = 0;

    // Sums of these stay far below what a long holds.
    private const int MostDigits = 15;
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <param name="line">Without the line's end.</param>
    /// <returns>Null for what nginx has not written so.</returns>
    public static AccessLine? Parse(ReadOnlySpan<byte> line)
    {
        var rest = line;
        if (!NextField(ref rest, out var site) || !NextField(ref rest, out var time))
            return null;
        if (!NextField(ref rest, out var received) || !NextField(ref rest, out var sent) || rest.IsEmpty)
            return null;
        return IdOf(site) is { } id && DayOf(time) is { } day && Number(received) is { } bytesIn && Number(sent) is { } bytesOut
            ? new AccessLine(id, day, bytesIn, bytesOut, line.Length - rest.Length)
            : null;
    }

    private static bool NextField(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field)
    {
        var end = rest.IndexOf((byte)' ');
        field = end < 0 ? [] : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return end > 0;
    }

    private static long? IdOf(ReadOnlySpan<byte> field) =>
        field is [(byte)'-'] ? NoSite
        : field is [(byte)'s', >= (byte)'1' and <= (byte)'9', ..] && Number(field[1..]) is { } id and <= SiteUserIds.Highest ? id
        : null;

    // Seconds and thousandths.
    private static DateOnly? DayOf(ReadOnlySpan<byte> field)
    {
        var point = field.IndexOf((byte)'.');
        return point > 0 && Number(field[(point + 1)..]) is not null && Number(field[..point]) is { } second && second <= LastSecond
            ? DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(second).UtcDateTime)
            : null;
    }

    private static long? Number(ReadOnlySpan<byte> digits) =>
        digits.Length is > 0 and <= MostDigits
        && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && Utf8Parser.TryParse(digits, out long number, out _)
            ? number
            : null;
}
