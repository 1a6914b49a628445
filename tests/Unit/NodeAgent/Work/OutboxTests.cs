using Microsoft.Extensions.Logging.Abstractions;
using MPanel.NodeAgent;
using MPanel.NodeAgent.Contract;
using MPanel.NodeAgent.Work;

namespace MPanel.Tests.Unit.NodeAgent.Work;

public sealed class OutboxTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("mpanel-outbox-").FullName;
    private readonly Outbox _outbox;

    public OutboxTests()
    {
        _outbox = new Outbox(new AgentOptions { StateDirectory = _state }, NullLogger<Outbox>.Instance);
        _outbox.Prepare();
    }

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void Put_AnOutcome_IsThereAsItWasAndPrivate()
    {
        var outcome = Outcome(1);

        _outbox.Put(outcome);

        var kept = Assert.Single(_outbox.All());
        Assert.Equal((outcome.TaskId, outcome.Request), (kept.TaskId, kept.Request));
        Assert.Equal(outcome.Lines, kept.Lines);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(_state, "outbox")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void Remove_AnOutcome_LeavesTheOthers()
    {
        var (first, second) = (Outcome(1), Outcome(2));
        _outbox.Put(first);
        _outbox.Put(second);

        _outbox.Remove(first);

        Assert.Equal(2, Assert.Single(_outbox.All()).TaskId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"taskId":1}""")]
    [InlineData("\0\0\0\0")]
    public void All_WithADamagedFile_SetsItAsideAndReadsTheRest(string content)
    {
        _outbox.Put(Outcome(1));
        File.WriteAllText(Path.Combine(_state, "outbox", "broken.json"), content);

        Assert.Single(_outbox.All());

        Assert.Single(_outbox.All());
        Assert.Equal(content, File.ReadAllText(Path.Combine(_state, "outbox-aside", "broken.json")));
    }

    [Fact]
    public void Prepare_AfterAKillInTheMidstOfPut_RemovesWhatHasNoName()
    {
        File.WriteAllText(Path.Combine(_state, "outbox", "1-x.json.tmp"), "{");

        _outbox.Prepare();

        Assert.Empty(Directory.GetFiles(Path.Combine(_state, "outbox")));
    }

    [Fact]
    public void SetAside_AnOutcome_KeepsItForPeople()
    {
        var outcome = Outcome(1);
        _outbox.Put(outcome);

        _outbox.SetAside(outcome);

        Assert.Empty(_outbox.All());
        Assert.Single(Directory.GetFiles(Path.Combine(_state, "outbox-aside")));
    }

    private static KeptOutcome Outcome(long task) =>
        new(
            task,
            "a.test",
            "corr",
            new CompleteRequest(Guid.NewGuid(), "failed", true, new TaskError("code", "message")),
            [new LogLine(1, DateTimeOffset.UnixEpoch, "info", "line")]
        );
}
