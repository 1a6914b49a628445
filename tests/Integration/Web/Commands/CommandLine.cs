using System.Diagnostics;
using MPanel.Web;

namespace MPanel.Tests.Integration.Web.Commands;

/// <param name="Exit">The exit code.</param>
/// <param name="Output">Lines of standard output.</param>
/// <param name="Words">Lines of standard error.</param>
public sealed record CommandResult(int Exit, string[] Output, string[] Words);

/// <summary>The server program as an operator runs it: a process of its own, told everything by arguments and environment.</summary>
public static class CommandLine
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(2);

    /// <param name="settings">Environment variables; null values are unset.</param>
    public static async Task<CommandResult> Run(IReadOnlyDictionary<string, string?> settings, params string[] arguments)
    {
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(dotnet, [typeof(PanelApp).Assembly.Location, .. arguments])
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            using var bound = new CancellationTokenSource(Bound);
            var output = process.StandardOutput.ReadToEndAsync(bound.Token);
            var words = process.StandardError.ReadToEndAsync(bound.Token);
            await process.WaitForExitAsync(bound.Token);
            return new CommandResult(process.ExitCode, Lines(await output), Lines(await words));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
