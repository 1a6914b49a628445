using MPanel.NodeAgent;
using MPanel.NodeAgent.Logs;

namespace MPanel.Tests.Unit.NodeAgent.Logs;

public sealed class LogSplitTests : IDisposable
{
    private LogWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Do_APart_KeepsEachLineWithItsSiteAndRemembersHowFarItCame()
    {
        var log = _world.Taken(3, (7, "one"), (8, "two"), (0, "three"), (7, "four"));

        var done = _world.Split.Do(3, LineBatch.Read(log, 0, null, final: true)!);

        Assert.Equal(["one\nfour\n", "two\n", "three\n"], new long[] { 7, 8, 0 }.Select(_world.LogOf));
        Assert.Equal((new LogPosition(3, new FileInfo(log).Length), 0), (done.Reached, done.Lost));
        Assert.Equal(done.Reached, _world.Cursor.Read());
        Assert.Equal(new SiteTraffic(2, 20, 200), _world.Book.Of(LogWorld.Today).Sites[7]);
    }

    [Fact]
    public void Do_AfterARunThatCameHalf_AddsEachLineOnce()
    {
        var log = _world.Taken(1, (7, "one"), (8, "two"));
        var first = _world.Split.Do(1, LineBatch.Read(log, 0, null, final: true)!);
        log = _world.Taken(2, (7, "three"), (8, "four"));
        var part = LineBatch.Read(log, 0, null, final: true)!;
        _world.Split.Do(2, part);
        // As if it had been killed before the last step, with a line of s8 cut in two.
        var sizes = new Dictionary<long, long> { [7] = 4, [8] = 4 };
        _world.Cursor.Write(new LogPosition(2, 0, new PendingPart(part.To, sizes)));
        File.WriteAllText(_world.Homes.Of(8).Current, "two\nfo");
        File.AppendAllText(log, "s7 1796040000.000 10 100 later\n");

        var at = _world.Split.Recover(_world.Cursor.Read());
        _world.Split.Do(2, LineBatch.Read(log, at.Offset, at.Pending!.To, final: true)!);

        Assert.Equal(1, first.Reached.Number);
        Assert.Equal(("one\nthree\n", "two\nfour\n"), (_world.LogOf(7), _world.LogOf(8)));
        Assert.Equal(new SiteTraffic(2, 20, 200), _world.Book.Of(LogWorld.Today).Sites[7]);
        Assert.Equal(new LogPosition(2, part.To), _world.Cursor.Read());
    }

    [Fact]
    public void Do_ForASiteThatWasRemoved_CountsItsLinesAndMakesNothing()
    {
        var log = _world.Taken(1, (9, "one"), (7, "two"));

        var done = _world.Split.Do(1, LineBatch.Read(log, 0, null, final: true)!);

        Assert.Equal(1, done.Lost);
        Assert.False(Directory.Exists(Path.Combine(_world.Options.SitesDirectory, "s9")));
        Assert.Equal(("two\n", 1L), (_world.LogOf(7), _world.Book.Of(LogWorld.Today).Sites[9].Requests));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Do_WithALinkInItsPlace_DoesNotFollowIt(bool directory)
    {
        var elsewhere = Path.Combine(_world.Options.SitesDirectory, "s8", "public");
        Directory.CreateDirectory(elsewhere);
        var (logs, target) = (_world.Homes.Of(7).Directory, Path.Combine(elsewhere, "target"));
        if (directory)
            Directory.CreateSymbolicLink(logs, elsewhere);
        else
        {
            Directory.CreateDirectory(logs);
            File.CreateSymbolicLink(Path.Combine(logs, "access.log"), target);
        }
        var log = _world.Taken(1, (7, "one"));

        var done = _world.Split.Do(1, LineBatch.Read(log, 0, null, final: true)!);

        Assert.Equal(1, done.Lost);
        Assert.Empty(Directory.GetFiles(elsewhere));
    }

    [Fact]
    public void Do_WithTheDiskNearlyFull_KeepsNoLinesAndCountsThem()
    {
        _world.Dispose();
        _world = new LogWorld(new AgentOptions { AccessLogReserveMegabytes = 1_073_741_824 });
        var log = _world.Taken(1, (7, "one"), (0, "two"));

        var done = _world.Split.Do(1, LineBatch.Read(log, 0, null, final: true)!);

        Assert.Equal((2, ""), (done.Lost, _world.LogOf(7)));
        Assert.Equal(1, _world.Book.Of(LogWorld.Today).Sites[7].Requests);
    }

    [Fact]
    public void Make_WithTheDiskNearlyFull_RemovesEndedLogsOnly()
    {
        _world.Dispose();
        _world = new LogWorld(new AgentOptions { AccessLogReserveMegabytes = 1_073_741_824 });
        _world.Ended(7, 1, 1);
        _world.Ended(0, 1, 1);
        File.WriteAllText(_world.Homes.Of(7).Current, "one\n");

        Assert.Equal(2, _world.Room.Make());

        Assert.Equal(["access.log"], _world.FilesOf(7));
    }

    [Fact]
    public void Read_OfABrokenCursor_GoesOnWhereTheDaysHaveCounted()
    {
        var log = _world.Taken(4, (7, "one"));
        var done = _world.Split.Do(4, LineBatch.Read(log, 0, null, final: true)!);
        File.WriteAllText(Path.Combine(_world.Layout.TrafficDirectory, "cursor.json"), "{\"number\":");

        Assert.Equal(done.Reached, _world.Cursor.Read());
    }

    [Fact]
    public void Add_OfLinesFromAWrongClock_CountsThemForToday()
    {
        var log = _world.Taken(1);
        File.WriteAllText(log, "s7 1000.000 10 100 one\ns7 9999999999.000 10 100 two\n");

        _world.Split.Do(1, LineBatch.Read(log, 0, null, final: true)!);

        Assert.Equal([LogWorld.Today], _world.Book.Days());
        Assert.Equal(2, _world.Book.Of(LogWorld.Today).Sites[7].Requests);
    }
}
