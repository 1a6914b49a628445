using System.Text.Json;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>Programs in hooks.d, and what their output becomes in the task's log.</summary>
public sealed class HookTests : IAsyncLifetime
{
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Prepare(_panel.Url, _panel.Code, ("HookSeconds", "5"));
        Directory.CreateDirectory(Path.Combine(_agent.HooksDirectory, "hosting"));
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Fact]
    public async Task Hooks_AfterSuccess_RunInOrderWithThePayloadAndABareEnvironment()
    {
        var seen = Path.Combine(_agent.Root, "seen");
        Hook("20-second", $"echo second >> {seen}");
        Hook("10-first", $"cat > {seen}; echo >> {seen}; env | sort >> {seen}");

        await Create();

        var lines = await File.ReadAllLinesAsync(seen);
        var payload = JsonSerializer.Deserialize<HostingSpec>(lines[0], JsonSerializerOptions.Web)!;
        Assert.Equal((7L, 1L, "new.test"), (payload.WebsiteId, payload.Revision, payload.Names[0].Name));
        Assert.Equal("second", lines[^1]);
        Assert.DoesNotContain(lines, l => l.StartsWith("Agent__", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hook_ThatFailsOrHangs_IsAWarningAndTheTaskStillSucceeds()
    {
        Hook("10-fails", "echo it broke >&2; exit 3");
        Hook("20-hangs", "exec sleep 600");

        var log = await Create();

        Assert.Contains("warn hook 10-fails failed (3): it broke", log, StringComparison.Ordinal);
        Assert.Contains("warn hook 20-hangs failed (-1): it did not end in time and was killed", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hook_ThatOthersCouldHaveWritten_IsSkipped()
    {
        var seen = Path.Combine(_agent.Root, "seen");
        File.SetUnixFileMode(Hook("10-open", $"touch {seen}"), (UnixFileMode)0b111_111_101);
        await NodeState.Run("/usr/bin/chown", "www-data", Hook("20-foreign", $"touch {seen}"));
        File.CreateSymbolicLink(Path.Combine(_agent.HooksDirectory, "hosting", "30-link"), Hook("40-plain", "exit 0"));
        File.SetUnixFileMode(Hook("50-no-program", "exit 0"), (UnixFileMode)0b110_100_100);

        var log = await Create();

        Assert.Contains("warn hook 10-open skipped: somebody else may write it", log, StringComparison.Ordinal);
        Assert.Contains("warn hook 20-foreign skipped: somebody else may write it", log, StringComparison.Ordinal);
        Assert.Contains("warn hook 30-link skipped: it is not a regular file", log, StringComparison.Ordinal);
        Assert.Contains("info hook 40-plain ended well", log, StringComparison.Ordinal);
        Assert.Contains("warn hook 50-no-program skipped: it is not executable", log, StringComparison.Ordinal);
        Assert.False(File.Exists(seen));
    }

    [Fact]
    public async Task Hooks_InADirectoryOthersWriteTo_AreSkipped()
    {
        var seen = Path.Combine(_agent.Root, "seen");
        Hook("10-fine", $"touch {seen}");
        File.SetUnixFileMode(Path.Combine(_agent.HooksDirectory, "hosting"), (UnixFileMode)0b111_111_111);

        Assert.Contains("skipped: somebody else may write there", await Create(), StringComparison.Ordinal);
        Assert.False(File.Exists(seen));
    }

    [Fact]
    public async Task Hook_OfAFailedTask_DoesNotRun()
    {
        var seen = Path.Combine(_agent.Root, "seen");
        Hook("10-fine", $"touch {seen}");
        _agent.Restart();

        await _panel.Outcome(_panel.Host(7, "localhost"), _agent);

        Assert.False(File.Exists(seen));
    }

    [Fact]
    public async Task Hook_ThatPrintsASecretAndControlCharacters_IsMaskedAndCleanedEverywhere()
    {
        var secret = "sk_test_" + Guid.NewGuid().ToString("N");
        Hook("10-leaks", $"printf 'using \\033[31m{secret}\\033[0m now\\a\\n'");

        var log = await Create();

        Assert.Contains("using sk_test_*** now", log, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, log + _agent.Log, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', log + _agent.Log);
    }

    [Fact]
    public async Task Hook_ThatPrintsTenMegabytes_IsCutAndTheTaskSucceeds()
    {
        Hook("10-talks", "head -c 10000000 /dev/zero | tr '\\0' 'x'");

        var log = await Create();

        Assert.True(log.Length < 20_000, $"The log has {log.Length} characters.");
        Assert.Contains("hook 10-talks ended well: xxx", log, StringComparison.Ordinal);
    }

    private string Hook(string name, string script)
    {
        var path = Path.Combine(_agent.HooksDirectory, "hosting", name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    private async Task<string> Create()
    {
        _agent.Restart();
        var task = _panel.Host(7, "new.test");
        await _panel.Succeeds(task, _agent);
        return _panel.Locked(() => task.LogText);
    }
}
