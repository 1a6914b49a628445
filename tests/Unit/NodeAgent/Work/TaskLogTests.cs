using Microsoft.Extensions.Logging.Abstractions;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Panel;
using MPanel.NodeAgent.Work;

namespace MPanel.Tests.Unit.NodeAgent.Work;

public sealed class TaskLogTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private readonly List<LogLine> _sent = [];
    private readonly List<int> _batches = [];
    private int _status = 200;

    [Fact]
    public async Task Lines_AreNumberedCleanedAndSentInOrder()
    {
        await using var log = Log();
        log.Info("one\ntwo\n\n");
        log.Warn("\x1b[1mthree");
        log.Error("token=abcdef");

        await log.Flush(Bound);

        Assert.Equal(
            [(1, "info", "one"), (2, "info", "two"), (3, "warn", "three"), (4, "error", "token=***")],
            _sent.Select(l => (l.Seq, l.Level, l.Message))
        );
        Assert.Empty(log.Unsent());
    }

    [Fact]
    public async Task Lines_PastTheirNumber_AreCutWithOneLineSayingSo()
    {
        await using var log = Log();
        for (var line = 0; line < 5000; line++)
            log.Info($"line {line}");

        await log.Flush(Bound);

        Assert.Equal(TaskLog.MostLines + 1, _sent.Count);
        Assert.StartsWith("The log was cut here", _sent[^1].Message, StringComparison.Ordinal);
        Assert.All(_batches, size => Assert.True(size <= 100));
    }

    [Fact]
    public async Task Lines_PastTheirBytes_AreCut()
    {
        await using var log = Log();
        for (var line = 0; line < 200; line++)
            log.Info(new string('é', LogText.MaxLength));

        await log.Flush(Bound);

        Assert.True(_sent.Sum(l => System.Text.Encoding.UTF8.GetByteCount(l.Message)) < TaskLog.MostBytes + 200);
        Assert.StartsWith("The log was cut here", _sent[^1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(503)]
    [InlineData(401)]
    public async Task Lines_NotTaken_AreKeptAndSentLater(int status)
    {
        await using var log = Log();
        log.Info("one");
        _status = status;
        await log.Flush(Bound);
        Assert.Single(log.Unsent());

        _status = 200;
        await log.Flush(Bound);

        Assert.Equal("one", Assert.Single(_sent).Message);
    }

    [Fact]
    public async Task Lines_RefusedForTheLease_AreSentNoMoreAndItIsSaid()
    {
        await using var log = Log();
        var refused = 0;
        log.Refused += () => refused++;
        log.Info("one");
        _status = 409;

        await log.Flush(Bound);
        await log.Flush(Bound);

        Assert.Equal(1, refused);
        Assert.Single(_batches);
    }

    [Fact]
    public async Task Lines_ThePanelWillNeverTake_AreDropped()
    {
        await using var log = Log();
        log.Info("one");
        _status = 400;

        await log.Flush(Bound);

        Assert.Empty(log.Unsent());
    }

    private TaskLog Log() =>
        new(
            (lines, _) =>
            {
                _batches.Add(lines.Length);
                if (_status == 200)
                    _sent.AddRange(lines);
                return Task.FromResult(new PanelAnswer<Nothing>(_status, null, null, null, null));
            },
            new ManualTime(),
            NullLogger.Instance
        );
}
