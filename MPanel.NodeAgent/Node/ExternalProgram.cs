using System.Diagnostics;
using System.Text;
using MPanel.NodeAgent.Contract;

namespace MPanel.NodeAgent.Node;

/// <param name="ExitCode">-1 when it was killed at its bound.</param>
/// <param name="Output">Standard output, then standard error, each at most 64 KiB; not cleaned.</param>
internal sealed record ProgramEnd(int ExitCode, bool TimedOut, string Output, string Error)
{
    /// <summary>What it said, fit for a log or an error: one line, masked and cut.</summary>
    public string Said => TimedOut ? "it did not end in time and was killed" : LogText.Clean($"{Error}\n{Output}");
}

/// <summary>Runs a program by its absolute path with an argument list, an empty environment and a bound. Never a shell.</summary>
internal static class ExternalProgram
{
    private const int MostOutput = 64 * 1024;
    private static readonly TimeSpan StreamGrace = TimeSpan.FromSeconds(2);

    /// <param name="take">Gets the program's output in place of <see cref="ProgramEnd.Output"/>, and reads it to its end.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the program was killed.</exception>
    public static async Task<ProgramEnd> Run(
        string path,
        IEnumerable<string> arguments,
        TimeSpan bound,
        string input = "",
        Func<Stream, Task>? take = null,
        CancellationToken cancellationToken = default
    )
    {
        using var process = Start(path, arguments);
        var output = take is null ? Read(process.StandardOutput) : Taken(process.StandardOutput, take);
        var error = Read(process.StandardError);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(bound);
        var timedOut = false;
        try
        {
            await Feed(process, input, limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            timedOut = true;
        }
        // Whoever takes the output needs all of it, however slow the machine is.
        var said = take is null ? await Ended(output) : await output;
        return new ProgramEnd(timedOut ? -1 : process.ExitCode, timedOut, said, await Ended(error));
    }

    private static Process Start(string path, IEnumerable<string> arguments)
    {
        if (!Path.IsPathFullyQualified(path))
            throw new ArgumentException($"{path} is not an absolute path.", nameof(path));
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }

    private static async Task Feed(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program may end without reading its input; its exit code says how it went.
        }
    }

    private static async Task<string> Read(StreamReader stream)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        // Read on past the cap: a full pipe would stop the program.
        for (int count; (count = await stream.ReadAsync(buffer)) > 0; )
            text.Append(buffer, 0, Math.Min(count, MostOutput - text.Length));
        return text.ToString();
    }

    private static async Task<string> Taken(StreamReader stream, Func<Stream, Task> take)
    {
        await take(stream.BaseStream);
        return "";
    }

    // A daemon that kept the pipe open must not hold the task.
    private static async Task<string> Ended(Task<string> reading)
    {
        if (await Task.WhenAny(reading, Task.Delay(StreamGrace)) != reading)
            return "";
        try
        {
            return await reading;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return "";
        }
    }
}
