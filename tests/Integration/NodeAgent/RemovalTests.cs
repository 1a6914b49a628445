using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.NodeAgent;

/// <summary>Archives of suspended websites, and removal with its proof.</summary>
public sealed class RemovalTests : IAsyncLifetime
{
    private ScriptedPanel _panel = null!;
    private AgentProcess _agent = null!;

    private string Web => Path.Combine(_agent.SitesDirectory, "s7", "public");
    private string Archives => Path.Combine(_agent.StateDirectory, "archives");

    public async ValueTask InitializeAsync()
    {
        _panel = await ScriptedPanel.Start();
        _agent = AgentProcess.Start(_panel.Url, _panel.Code);
        await _panel.Succeeds(_panel.Host(7, "a.test", "starter", "www.a.test"), _agent);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _panel.DisposeAsync();
    }

    [Fact]
    public async Task Apply_WithAnArchive_KeepsAVerifiedOneUntilItIsNoLongerAskedFor()
    {
        await File.WriteAllTextAsync(Path.Combine(Web, "page.txt"), "words");

        var facts = (await _panel.Outcome(_panel.Apply(Suspended()), _agent)).Applied?.Archive;

        Assert.Equal("7-2.tar.gz", facts?.Name);
        var path = Path.Combine(Archives, facts!.Name);
        Assert.Equal(
            (facts.Bytes, facts.Sha256),
            (new FileInfo(path).Length, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path))))
        );
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal("words", await NodeState.Run("/usr/bin/tar", "-xzOf", path, "public/page.txt"));

        var later = (await _panel.Outcome(_panel.Apply(Suspended() with { SuspendedFor = "unpaid" }), _agent)).Applied?.Archive;
        Assert.Equal(facts, later);

        var back = await _panel.Outcome(_panel.Host(7, "a.test", "starter", "www.a.test"), _agent);
        Assert.Null(back.Applied?.Archive);
        Assert.Empty(Directory.GetFiles(Archives));
        Assert.Equal((200, "words"), await _agent.Get("a.test", "/page.txt"));
    }

    [Fact]
    public async Task Apply_WithAnArchiveThatCannotBeWritten_FailsAndTheSiteStaysSuspended()
    {
        // A file where the directory should be.
        await File.WriteAllTextAsync(Archives, "");
        var task = _panel.Apply(Suspended());

        var outcome = await _panel.Outcome(task, _agent);

        Assert.Equal((false, "archive_failed"), (outcome.Permanent, outcome.Error?.Code));
        Assert.Equal(503, (await _agent.Get("a.test")).Status);
        File.Delete(Archives);
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        Assert.NotNull(_panel.Locked(() => task.Accepted[^1].Applied?.Archive));
    }

    [Fact]
    public async Task Apply_WithNoRoomForTheArchive_BeginsNoneAndSaysHowMuchItTakes()
    {
        await using var disk = await SmallDisk.On(Archives, megabytes: 32);
        await File.WriteAllBytesAsync(Path.Combine(Web, "big.bin"), new byte[20 * 1024 * 1024]);
        var task = _panel.Apply(Suspended());

        var outcome = await _panel.Outcome(task, _agent);

        Assert.Equal((false, "archive_no_room"), (outcome.Permanent, outcome.Error?.Code));
        Assert.Matches(@"may take 36\.\d MiB, and \S+/archives has 32\.0 MiB free", outcome.Error!.Message);
        Assert.Empty(Directory.GetFiles(Archives));
        Assert.Equal(503, (await _agent.Get("a.test")).Status);
        File.Delete(Path.Combine(Web, "big.bin"));
        _panel.GiveAgain(task);
        await _panel.Succeeds(task, _agent);
        Assert.Single(Directory.GetFiles(Archives));
    }

    [Fact]
    public async Task Apply_WithTheTreeGoneAndAnArchiveThere_BringsItBack()
    {
        await File.WriteAllTextAsync(Path.Combine(Web, "page.txt"), "words");
        await NodeState.Run("/usr/bin/chown", $"{_agent.UserPrefix}7:www-data", Path.Combine(Web, "page.txt"));
        await _panel.Succeeds(_panel.Apply(Suspended()), _agent);
        var before = await Tree();
        Directory.Delete(Path.Combine(_agent.SitesDirectory, "s7"), recursive: true);

        await _panel.Succeeds(_panel.Host(7, "a.test", "starter", "www.a.test"), _agent);

        Assert.Equal(before, await Tree());
        Assert.Equal((200, "words"), await _agent.Get("a.test", "/page.txt"));
    }

    [Fact]
    public async Task Remove_OfAnArchivedWebsite_LeavesNothingAndProvesIt()
    {
        await _panel.Succeeds(_panel.Apply(Suspended()), _agent);
        var task = _panel.Remove(Suspended());

        var outcome = await _panel.Outcome(task, _agent);

        Assert.True(outcome.Status == "success", $"{outcome.Error}\n{_agent.Log}");
        Assert.Equal(3, outcome.Applied?.Revision);
        Assert.Contains("a.test is not answered", outcome.Applied!.Erased!);
        Assert.Contains("no archive", outcome.Applied.Erased!);
        Assert.Equal(0, (await _agent.Get("a.test")).Status);
        Assert.Empty(_agent.Users());
        Assert.Empty(Directory.GetFiles(Archives));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_agent.SitesDirectory), e => Path.GetFileName(e)[0] != '.');
        Assert.DoesNotContain(
            await File.ReadAllLinesAsync("/etc/group"),
            l => l.StartsWith($"{_agent.UserPrefix}7:", StringComparison.Ordinal)
        );

        _panel.GiveAgain(task);
        var again = await _panel.Outcome(task, _agent);
        Assert.Equal(outcome.Applied.Erased, again.Applied?.Erased);
        Assert.Equal((true, "node_ahead"), await Refused(_panel.Apply(Suspended() with { Revision = 2 })));
        Assert.Equal((true, "revision_conflict"), await Refused(_panel.Apply(Suspended() with { Revision = 3 })));
        await _panel.Succeeds(_panel.Host(8, "a.test"), _agent);
    }

    [Fact]
    public async Task Remove_ThatWasPutBack_AsksForTheArchiveAgain()
    {
        var nginx = new SlowNginx();
        try
        {
            await _panel.Succeeds(_panel.Apply(Suspended()), _agent);
            await _agent.Stop();
            _panel.DropClaims();
            _agent.Restart(("NginxBinary", nginx.Binary));
            await _panel.Succeeds(_panel.Host(8, "b.test"), _agent);
            nginx.Refuse("");
            var task = _panel.Remove(Suspended());
            Assert.Equal((false, "nginx_config_invalid"), await Refused(task));
            Directory.GetFiles(Archives).ToList().ForEach(File.Delete);
            nginx.RefuseNothing();
            var before = await Tree();

            _panel.GiveAgain(task);

            Assert.Equal((true, "archive_missing"), await Refused(task));
            Assert.Equal(before, await Tree());
            Assert.Equal(503, (await _agent.Get("a.test")).Status);
        }
        finally
        {
            nginx.Remove();
        }
    }

    [Theory]
    [InlineData("tombstone.write")]
    [InlineData("generation.clear")]
    [InlineData("tree.erase")]
    public async Task Apply_AfterARemovalThatWasKilled_BringsTheFilesBack(string effect)
    {
        await File.WriteAllTextAsync(Path.Combine(Web, "page.txt"), "words");
        await _panel.Succeeds(_panel.Apply(Suspended()), _agent);
        await _agent.Stop();
        _panel.DropClaims();
        _agent.Restart(("Faults:DieAfter", effect));
        _panel.Remove(Suspended());
        Assert.Equal(137, await _agent.WaitForExit(TimeSpan.FromSeconds(60)));
        _panel.DropClaims();

        _agent.Restart(("Faults:DieAfter", ""));
        await _panel.Succeeds(_panel.Host(7, "a.test", "starter", "www.a.test"), _agent);

        Assert.Equal((200, "words"), await _agent.Get("a.test", "/page.txt"));
    }

    [Fact]
    public async Task Apply_WithADeepTreeLeftInStaging_ClearsIt()
    {
        var staged = Path.Combine(_agent.SitesDirectory, ".staging", "7");
        Directory.CreateDirectory(staged);
        await NodeState.Run(
            "/bin/bash",
            "-c",
            $"cd {staged}; name=$(printf 'd%.0s' $(seq 1 200)); for i in $(seq 1 40); do mkdir $name; cd -P $name; done; touch deep"
        );

        await _panel.Succeeds(_panel.Host(7, "a.test", "business"), _agent);

        Assert.False(Directory.Exists(staged));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remove_WithoutAnUnharmedArchive_IsRefusedForGoodAndNothingIsTouched(bool harmed)
    {
        if (harmed)
        {
            var facts = (await _panel.Outcome(_panel.Apply(Suspended()), _agent)).Applied!.Archive!;
            await using var file = File.OpenWrite(Path.Combine(Archives, facts.Name));
            file.WriteByte(0);
        }
        var before = await Tree();

        Assert.Equal((true, "archive_missing"), await Refused(_panel.Remove(Suspended())));

        Assert.Equal(before, await Tree());
        Assert.Single(_agent.Users());
        Assert.Equal(harmed ? 503 : 200, (await _agent.Get("a.test")).Status);
    }

    [Fact]
    public async Task Remove_OfAWebsiteThisNodeNeverHad_Succeeds()
    {
        var outcome = await _panel.Outcome(_panel.Remove(ScriptedPanel.SpecOf(9, "never.test")), _agent);

        Assert.Equal("success", outcome.Status);
        Assert.NotEmpty(outcome.Applied!.Erased!);
        Assert.Equal(200, (await _agent.Get("a.test")).Status);
    }

    [Fact]
    public async Task Remove_WithTheUsersHomeElsewhere_TouchesNoUserAndSaysSo()
    {
        await _panel.Succeeds(_panel.Apply(Suspended()), _agent);
        await NodeState.Run("/usr/sbin/usermod", "-d", "/home/somebody", $"{_agent.UserPrefix}7");

        var outcome = await _panel.Outcome(_panel.Remove(Suspended()), _agent);

        Assert.Equal((false, "not_erased"), (outcome.Permanent, outcome.Error?.Code));
        Assert.Contains($"user {_agent.UserPrefix}7", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Single(_agent.Users());
    }

    [Fact]
    public async Task ArchiveAndRemove_OfWhatATenantMayPutInTheWay_TouchNothingOutside()
    {
        await _panel.Succeeds(_panel.Host(8, "b.test"), _agent);
        var neighbour = Path.Combine(_agent.SitesDirectory, "s8", "public", "index.html");
        await PutInTheWay(neighbour);
        using var listening = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listening.Bind(new UnixDomainSocketEndPoint(Path.Combine(Web, "socket")));
        var page = await File.ReadAllTextAsync(neighbour);

        var archived = await _panel.Outcome(_panel.Apply(Suspended()), _agent);
        Assert.True(archived.Applied?.Archive is not null, $"{archived.Error}\n{_agent.Log}");
        var listed = await NodeState.Run("/usr/bin/tar", "-tzvf", Path.Combine(Archives, archived.Applied!.Archive!.Name));
        Assert.Contains("public/etc -> /etc", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("public/etc/passwd", listed, StringComparison.Ordinal);

        var removed = await _panel.Outcome(_panel.Remove(Suspended()), _agent);

        Assert.True(removed.Status == "success", $"{removed.Error}\n{_agent.Log}");
        Assert.Equal((200, page), await _agent.Get("b.test"));
        Assert.True(File.Exists("/etc/hostname"));
        Assert.Equal([$"{_agent.UserPrefix}8"], _agent.Users());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_agent.SitesDirectory, ".removed")));
    }

    // 40 levels of 125 characters are a path that no program can name whole.
    private async Task PutInTheWay(string neighbour)
    {
        var script = $$"""
            set -e
            cd {{Web}}
            ln -s /etc etc; ln -s {{neighbour}} stolen; ln -s loop loop; ln -s . self; ln {{neighbour}} hard
            mkfifo pipe; touch -- '-rf' '--checkpoint-action=exec=touch owned' 'new
            line' locked; chmod 000 locked; mkdir shut; touch shut/in; chmod 000 shut
            truncate -s 50G holes
            name=$(printf 'd%.0s' $(seq 1 125))
            for i in $(seq 1 40); do mkdir $name; cd -P $name; done; touch deep
            """;
        await NodeState.Run("/bin/bash", "-c", script);
        await NodeState.Run("/usr/bin/chown", "-hR", $"{_agent.UserPrefix}7", Web);
    }

    private Task<string> Tree() =>
        NodeState.Run("/usr/bin/find", Path.Combine(_agent.SitesDirectory, "s7"), "-printf", "%p %y %m %U:%G %s\n");

    private static HostingSpec Suspended() =>
        ScriptedPanel.SpecOf(7, "a.test", "starter", "www.a.test") with
        {
            State = SiteState.Suspended,
            SuspendedFor = SuspensionReason.Removal,
            Archive = true,
        };

    private async Task<(bool Permanent, string? Code)> Refused(ScriptedTask task)
    {
        var outcome = await _panel.Outcome(task, _agent);
        return (outcome.Permanent, outcome.Error?.Code);
    }
}
