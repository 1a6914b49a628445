using System.Runtime.InteropServices;

namespace MPanel.Tests.Support;

/// <summary>A long program that a person or a launcher may stop: Ctrl-C and SIGTERM let it take down what it has set up.</summary>
public static class Stoppable
{
    /// <param name="what">For the message: <c>The benchmark</c>.</param>
    /// <param name="mistake">Whether the exception is the caller's mistake, to be told in its own sentence.</param>
    /// <returns>The exit code: what the program returns; 1 when it failed; 130 when it was stopped.</returns>
    public static async Task<int> Run(string what, Func<Exception, bool> mistake, Func<CancellationToken, Task<int>> program)
    {
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await program(stop.Token);
        }
        catch (Exception e) when (mistake(e))
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 130;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"{what} failed: {e}");
            return 1;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
