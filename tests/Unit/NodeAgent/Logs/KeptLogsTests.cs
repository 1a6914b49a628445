using System.IO.Compression;
using MPanel.NodeAgent;
using MPanel.NodeAgent.Logs;

namespace MPanel.Tests.Unit.NodeAgent.Logs;

public sealed class KeptLogsTests : IDisposable
{
    private readonly LogWorld _world = new(
        new AgentOptions
        {
            AccessLogMegabytes = 1,
            AccessLogSiteMegabytes = 2,
            AccessLogDays = 14,
        }
    );

    private LogHome Home => _world.Homes.Of(7);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Prepare_OnAnotherDay_BeginsAnotherLogAndPacksTheOneBefore()
    {
        Write("yesterday's\n");
        File.SetLastWriteTimeUtc(Home.Current, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1));

        var ready = _world.Logs.Prepare(Home, 10);
        _world.Packed.Tidy(Home);

        Assert.Equal(new ReadyLog(0, Ended: true), ready);
        var packed = Assert.Single(_world.FilesOf(7));
        Assert.Equal($"access.log.{LogWorld.Today.AddDays(-1):yyyy-MM-dd}.1.gz", packed);
        using var text = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Home.Directory, packed)), CompressionMode.Decompress));
        Assert.Equal("yesterday's\n", text.ReadToEnd());
    }

    [Fact]
    public void Prepare_ForMoreThanALogMayHold_BeginsAnotherOne()
    {
        Write(new string('x', 1_000_000));

        Assert.Equal(new ReadyLog(1_000_000, Ended: false), _world.Logs.Prepare(Home, 40_000));
        Assert.Equal(new ReadyLog(0, Ended: true), _world.Logs.Prepare(Home, 50_000));
        Write("more\n");
        Assert.True(_world.Logs.RotateIfDue(Home, 1024 * 1024));

        Assert.Equal([$"access.log.{LogWorld.Today:yyyy-MM-dd}.1", $"access.log.{LogWorld.Today:yyyy-MM-dd}.2"], _world.FilesOf(7));
    }

    [Fact]
    public void Tidy_OfOldLogs_KeepsFourteenDays()
    {
        foreach (var days in new[] { 1, 13, 14, 15, 400 })
            _world.Ended(7, days, 1);

        _world.Packed.Tidy(Home);

        Assert.Equal(new[] { 14, 13, 1 }.Select(d => $"access.log.{LogWorld.Today.AddDays(-d):yyyy-MM-dd}.1.gz"), _world.FilesOf(7));
    }

    [Fact]
    public void Tidy_OfMoreThanASiteMayHave_RemovesTheOldest()
    {
        Write(new string('x', 500_000));
        foreach (var number in new[] { 9, 10, 11 })
            _world.Ended(7, 1, number, bytes: 700_000);

        _world.Packed.Tidy(Home);

        var day = $"{LogWorld.Today.AddDays(-1):yyyy-MM-dd}";
        Assert.Equal(["access.log", $"access.log.{day}.10.gz", $"access.log.{day}.11.gz"], _world.FilesOf(7));
    }

    [Fact]
    public void Tidy_AfterAKillWhilePacking_EndsWithOnePackedLog()
    {
        var plain = _world.Ended(7, 1, 1, end: "");
        File.WriteAllText(plain + ".gz", "whole or not");
        File.WriteAllText(plain + ".gz.tmp", "half");

        _world.Packed.Tidy(Home);

        Assert.Equal([Path.GetFileName(plain) + ".gz"], _world.FilesOf(7));
        using var text = new GZipStream(File.OpenRead(plain + ".gz"), CompressionMode.Decompress);
        Assert.Equal(0, text.ReadByte());
    }

    private void Write(string text)
    {
        LogHomes.Ensure(Home);
        File.WriteAllText(Home.Current, text);
        File.SetUnixFileMode(Home.Current, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
