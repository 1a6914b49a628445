using System.Text;
using MPanel.NodeAgent.Logs;

namespace MPanel.Tests.Unit.NodeAgent.Logs;

public sealed class LineBatchTests : IDisposable
{
    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [Fact]
    public void Read_OfLinesOfSeveralSites_GivesEachItsOwnAndCountsThem()
    {
        File.WriteAllText(
            _log,
            "s7 1796040000.000 10 100 one\ns8 1796040000.000 1 2 two\ns7 1796126400.000 10 100 three\n- 1796040000.000 5 6 four\n"
        );

        var batch = LineBatch.Read(_log, 0, null, final: true)!;

        Assert.Equal(["one\nthree\n", "two\n", "four\n"], new long[] { 7, 8, AccessLine.NoSite }.Select(site => LinesOf(batch, site)));
        Assert.Equal(new SiteTraffic(1, 10, 100), batch.Traffic[new DateOnly(2026, 11, 30)][7]);
        Assert.Equal(new SiteTraffic(1, 10, 100), batch.Traffic[new DateOnly(2026, 12, 1)][7]);
        Assert.Equal(new SiteTraffic(1, 1, 2), batch.Traffic[new DateOnly(2026, 11, 30)][8]);
        Assert.DoesNotContain(batch.Traffic.Values, day => day.ContainsKey(AccessLine.NoSite));
        Assert.Equal((4, 0L, new FileInfo(_log).Length), (batch.Count, batch.From, batch.To));
    }

    [Fact]
    public void Read_WhileALineIsWritten_LeavesItForTheNextTime()
    {
        File.WriteAllText(_log, "s7 1796040000.000 10 100 one\ns7 1796040000.000 10 1");

        var batch = LineBatch.Read(_log, 0, null, final: false)!;

        Assert.Equal("one\n", LinesOf(batch, 7));
        Assert.Null(LineBatch.Read(_log, batch.To, null, final: false));
        File.AppendAllText(_log, "00 two\n");
        Assert.Equal("two\n", LinesOf(LineBatch.Read(_log, batch.To, null, final: false)!, 7));
    }

    [Fact]
    public void Read_OfALineThatWasCutOff_GivesItToNoSite()
    {
        File.WriteAllText(_log, "s7 1796040000.000 10 100 one\ns7 17960");

        var batch = LineBatch.Read(_log, 0, null, final: true)!;

        Assert.Equal(("one\n", "s7 17960\n"), (LinesOf(batch, 7), LinesOf(batch, AccessLine.NoSite)));
        Assert.Null(LineBatch.Read(_log, batch.To, null, final: true));
    }

    [Fact]
    public void Read_OfALongLog_GoesPartByPartAndLosesNothing()
    {
        var line = $"s7 1796040000.000 10 100 {new string('x', 1000)}\n";
        File.WriteAllText(_log, string.Concat(Enumerable.Repeat(line, 10_000)));

        var (requests, parts) = (0L, 0);
        for (var from = 0L; LineBatch.Read(_log, from, null, final: true) is { } batch; from = batch.To, parts++)
            requests += batch.Traffic.Values.Sum(day => day[7].Requests);

        Assert.Equal((10_000L, 3), (requests, parts));
    }

    [Fact]
    public void Read_OfSomethingWithoutAnEnd_GoesOnAfterIt()
    {
        File.WriteAllText(_log, new string('x', LineBatch.MostBytes + 5) + "\ns7 1796040000.000 10 100 one\n");

        var first = LineBatch.Read(_log, 0, null, final: true)!;
        var second = LineBatch.Read(_log, first.To, null, final: true)!;

        Assert.Equal(LineBatch.MostBytes, first.To);
        Assert.Equal(("xxxxx\n", "one\n"), (LinesOf(second, AccessLine.NoSite), LinesOf(second, 7)));
    }

    [Theory]
    [InlineData("s7 1796040000.000 10 100 one\ns7 1796040000.000 10 100 two\ns8 17")]
    [InlineData("s8 17")]
    public void Read_OfTheSamePartAgain_SplitsItInTheSameWay(string text)
    {
        File.WriteAllText(_log, text);
        var first = LineBatch.Read(_log, 0, null, final: true)!;
        File.AppendAllText(_log, "\nmore\n");

        var again = LineBatch.Read(_log, 0, first.To, final: true)!;

        Assert.Equal(first.To, again.To);
        Assert.Equal(first.Lines.Keys.Select(k => LinesOf(first, k)), again.Lines.Keys.Select(k => LinesOf(again, k)));
    }

    private static string LinesOf(LineBatch batch, long site) => Encoding.UTF8.GetString(batch.Lines[site].WrittenSpan);
}
