using System.Text;
using MPanel.NodeAgent.Logs;

namespace MPanel.Tests.Unit.NodeAgent.Logs;

public sealed class AccessLineTests
{
    private const string Text = "192.0.2.1 - - [30/Nov/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" \"a.test\" 0.000";

    [Fact]
    public void Parse_OfALine_TakesTheFirstFourFields()
    {
        var line = $"s7 1796040000.123 150 870 {Text}";

        var read = AccessLine.Parse(Encoding.ASCII.GetBytes(line))!.Value;

        Assert.Equal((7L, new DateOnly(2026, 11, 30), 150L, 870L), (read.Site, read.Day, read.Received, read.Sent));
        Assert.Equal(Text, line[read.TextStart..]);
    }

    [Fact]
    public void Parse_OfANameThatNoWebsiteHas_IsNoWebsites() =>
        Assert.Equal(AccessLine.NoSite, AccessLine.Parse(Encoding.ASCII.GetBytes($"- 1796040000.123 150 0 {Text}"))!.Value.Site);

    [Theory]
    [InlineData("1796083199.999", 30)]
    [InlineData("1796083200.000", 1)]
    public void Parse_AroundMidnight_CountsDaysInUtc(string time, int day) =>
        Assert.Equal(day, AccessLine.Parse(Encoding.ASCII.GetBytes($"s7 {time} 1 1 x"))!.Value.Day.Day);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("s7")]
    [InlineData("s7 1796040000.123 150 870")]
    [InlineData("s7 1796040000.123 150 870 ")]
    [InlineData(" s7 1796040000.123 150 870 x")]
    [InlineData("s7  1796040000.123 150 870 x")]
    [InlineData("s0 1796040000.123 150 870 x")]
    [InlineData("s07 1796040000.123 150 870 x")]
    [InlineData("s-7 1796040000.123 150 870 x")]
    [InlineData("s7/../s8 1796040000.123 150 870 x")]
    [InlineData("7 1796040000.123 150 870 x")]
    [InlineData("s 1796040000.123 150 870 x")]
    [InlineData("s9223372036854775808 1796040000.123 150 870 x")]
    [InlineData("s2147352576 1796040000.123 150 870 x")]
    [InlineData("s7 1796040000 150 870 x")]
    [InlineData("s7 .123 150 870 x")]
    [InlineData("s7 -1.123 150 870 x")]
    [InlineData("s7 999999999999999.123 150 870 x")]
    [InlineData("s7 1796040000.123 -150 870 x")]
    [InlineData("s7 1796040000.123 1e5 870 x")]
    [InlineData("s7 1796040000.123 +1 870 x")]
    [InlineData("s7 1796040000.123 1 8700000000000000 x")]
    public void Parse_OfWhatNginxHasNotWritten_IsNothing(string line) => Assert.Null(AccessLine.Parse(Encoding.ASCII.GetBytes(line)));
}
