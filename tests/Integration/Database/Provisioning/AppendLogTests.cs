using MPanel.Database.Provisioning;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed class AppendLogTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private ProvisioningWorld _world = null!;
    private long _server;
    private long _task;
    private Guid _lease;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        _server = await _world.Server();
        _task = await _world.HostingTask(_server);
        _lease = (await _world.Claim(_server))!.LeaseToken;
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Run_WithLines_KeepsThemInOrder()
    {
        Assert.Equal(LeaseAnswer.Accepted, await Append([Line(2, "second"), Line(1, "first")]));

        Assert.Equal(["first", "second"], (await Log()).Select(l => l.Message));
        Assert.Equal(At, (await Log())[0].At);
    }

    [Fact]
    public async Task Run_WithLinesSentBefore_KeepsTheFirstAndCountsOnce()
    {
        await Append([Line(1, "one"), Line(2, "two")]);

        await Append([Line(1, "other"), Line(2, "two"), Line(3, "three"), Line(3, "again")]);

        Assert.Equal(["one", "two", "three"], (await Log()).Select(l => l.Message));
        Assert.Equal(11, (await Attempt()).LogBytes);
        Assert.False((await Attempt()).LogTruncated);
    }

    [Fact]
    public async Task Run_ByEightAtOnce_KeepsEveryLineOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Append([.. Enumerable.Range(1 + i * 2, 6).Select(n => Line(n, "12345"))])));

        Assert.Equal(Enumerable.Range(1, 20), (await Log()).Select(l => l.Seq));
        Assert.Equal(100, (await Attempt()).LogBytes);
    }

    [Fact]
    public async Task Run_BeyondTheBytes_KeepsWhatFitsAndSaysSo()
    {
        await Append([.. Enumerable.Range(1, 20).Select(n => Line(n, "äöüäö"))], new LogCaps(105, 1000));
        await Append([Line(21, "x"), Line(22, "123456")], new LogCaps(105, 1000));

        Assert.Equal(11, (await Log()).Length);
        Assert.Equal(101, (await Attempt()).LogBytes);
        Assert.True((await Attempt()).LogTruncated);
    }

    [Fact]
    public async Task Run_BeyondTheLines_KeepsTheFirst()
    {
        await Append([.. Enumerable.Range(1, 8).Select(n => Line(n, ""))], new LogCaps(1000, 5));

        Assert.Equal([1, 2, 3, 4, 5], (await Log()).Select(l => l.Seq));
        Assert.True((await Attempt()).LogTruncated);
    }

    [Fact]
    public async Task Run_WithoutTheLease_IsRefusedAndKeepsNothing()
    {
        var other = await _world.Server();
        await using var db = await _world.DataSource.OpenConnectionAsync();
        var caps = new LogCaps(100, 100);

        Assert.Equal(LeaseAnswer.StaleLease, await AppendLog.Run(db, _task, _server, Guid.NewGuid(), [Line(1, "x")], caps));
        Assert.Equal(LeaseAnswer.NotFound, await AppendLog.Run(db, _task, other, _lease, [Line(1, "x")], caps));
        Assert.Equal(LeaseAnswer.NotFound, await AppendLog.Run(db, 0, _server, _lease, [Line(1, "x")], caps));
        await _world.Complete(_task, _server, _lease);
        Assert.Equal(LeaseAnswer.StaleLease, await Append([Line(1, "x")]));
        Assert.Empty(await Log());
    }

    [Fact]
    public async Task Run_WithExtremeTimesAndNumbers_KeepsThem()
    {
        await Append([
            new(int.MaxValue, DateTimeOffset.MinValue, "warn", "early"),
            new(int.MinValue, DateTimeOffset.MaxValue, "error", "late"),
        ]);

        Assert.Equal(["late", "early"], (await Log()).Select(l => l.Message));
    }

    private static NewLogLine Line(int seq, string message) => new(seq, At, "info", message);

    private async Task<LeaseAnswer> Append(NewLogLine[] lines, LogCaps? caps = null)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return await AppendLog.Run(db, _task, _server, _lease, lines, caps ?? new LogCaps(100_000, 1000));
    }

    private async Task<TaskLogLine[]> Log()
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return [.. await TaskAttempts.Log(db, _task, 1000)];
    }

    private async Task<TaskAttempt> Attempt()
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return (await TaskAttempts.Of(db, _task)).Single();
    }
}
