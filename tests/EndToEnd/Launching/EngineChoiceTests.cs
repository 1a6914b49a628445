using System.Diagnostics;

namespace MPanel.Tests.EndToEnd.Launching;

/// <summary>Which engine the launcher builds with, and what it says of it. In place of dotnet stands a program that restores all or nothing.</summary>
public sealed class EngineChoiceTests : IDisposable
{
    private const string Choose = """
        set -euo pipefail
        root=$1 dotnet=$2
        for part in say choices build processes; do source "$0/launcher/$part.sh"; done
        take_choices $4
        settle_choices "$3"
        echo "build with: ${choice[*]}"
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("mpanel-choice");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("/bin/true", "try", "", "Hangfire (its packages can be restored; --engine quartz takes the other)", "Hangfire")]
    [InlineData("/bin/false", "try", "", "Quartz (Hangfire's packages cannot be restored here)", null)]
    [InlineData("/bin/true", "try", "--engine quartz", "Quartz (as asked)", null)]
    [InlineData("/bin/true", "plain", "", "Quartz (unless --engine hangfire)", null)]
    [InlineData("/bin/true", "plain", "--engine hangfire", "Hangfire (as asked)", "Hangfire")]
    public async Task Engine_ByPackagesAndWish_IsNamedInOneLineWithTheReason(
        string dotnet,
        string mode,
        string options,
        string line,
        string? property
    )
    {
        var (code, said) = await Run(dotnet, mode, options);

        Assert.Equal(0, code);
        var build = property is null ? "build with: " : $"build with: -p:JobEngine={property} -p:PaymentGateway=StripeHttp";
        Assert.Equal(
            [$"Job engine: {line}", build],
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(l.IndexOf(']') + 1)..].TrimStart())
        );
    }

    [Fact]
    public async Task Engine_AskedForAndNotToBeHad_IsRefused()
    {
        var (code, said) = await Run("/bin/false", "try", "--engine hangfire");

        Assert.Equal(1, code);
        Assert.StartsWith("mpanel: the packages of Hangfire and StripeHttp cannot be restored", said, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Said)> Run(string dotnet, string mode, string options)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", Choose, Repository.Root, _root.FullName, dotnet, mode, options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var choice in new[] { "MPANEL_ENGINE", "MPANEL_GATEWAY" })
            start.Environment.Remove(choice);
        using var bash = Process.Start(start)!;
        var (output, errors) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync();
        return (bash.ExitCode, await output + await errors);
    }
}
