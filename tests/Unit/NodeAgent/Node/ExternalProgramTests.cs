using MPanel.NodeAgent.Node;

namespace MPanel.Tests.Unit.NodeAgent.Node;

public sealed class ExternalProgramTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Run_GivesAnEmptyEnvironmentAndArgumentsAsTheyAre()
    {
        Assert.Equal(
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n",
            (await ExternalProgram.Run("/usr/bin/env", [], Bound)).Output.Replace(
                "LC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\n",
                StringComparison.Ordinal
            )
        );
        Assert.Equal("$(id) ; a|b\n", (await ExternalProgram.Run("/bin/echo", ["$(id) ; a|b"], Bound)).Output);
    }

    [Fact]
    public async Task Run_WithInput_FeedsIt() => Assert.Equal("text", (await ExternalProgram.Run("/bin/cat", [], Bound, "text")).Output);

    [Fact]
    public async Task Run_WithInputNobodyReads_StillEnds() =>
        Assert.Equal(0, (await ExternalProgram.Run("/bin/true", [], Bound, new string('x', 1_000_000))).ExitCode);

    [Fact]
    public async Task Run_PastItsBound_IsKilled()
    {
        var end = await ExternalProgram.Run("/bin/sleep", ["600"], TimeSpan.FromMilliseconds(100));

        Assert.Equal((-1, true), (end.ExitCode, end.TimedOut));
    }

    [Fact]
    public async Task Run_OfATalker_KeepsTheFirstOfIt()
    {
        var end = await ExternalProgram.Run("/usr/bin/head", ["-c", "1000000", "/dev/zero"], Bound);

        Assert.Equal((0, 64 * 1024), (end.ExitCode, end.Output.Length));
    }

    [Fact]
    public async Task Run_WithSomebodyWhoTakesTheOutput_GivesAllOfItAndKeepsTheErrors()
    {
        var bytes = 0L;

        var end = await ExternalProgram.Run(
            "/bin/sh",
            ["-c", "head -c 300000 /dev/zero; echo 'it went wrong' >&2; exit 3"],
            Bound,
            take: async output =>
            {
                var buffer = new byte[8192];
                for (int count; (count = await output.ReadAsync(buffer)) > 0; )
                    bytes += count;
            }
        );

        Assert.Equal((3, 300_000L, "", "it went wrong"), (end.ExitCode, bytes, end.Output, end.Said));
    }

    [Fact]
    public async Task Run_Cancelled_KillsAndThrows()
    {
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ExternalProgram.Run("/bin/sleep", ["600"], Bound, cancellationToken: cancelled.Token)
        );
    }

    [Fact]
    public async Task Run_OfARelativePath_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => ExternalProgram.Run("env", [], Bound));
}
