using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.StripeSimulator;

/// <summary>The simulator as `./mpanel up` runs it: a process with a state file.</summary>
public sealed class SimulatorProcessTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateTempSubdirectory("mpanel-stripe-").FullName;
    private readonly int _port = PostgresCluster.FreePort();
    private readonly List<Process> _processes = [];
    private readonly HttpClient _http = new();

    public SimulatorProcessTests() => _http.BaseAddress = new Uri($"http://127.0.0.1:{_port}");

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Kill_RightAfterAPayment_KeepsItForTheNextStart()
    {
        var first = await Start();
        using var put = await _http.PutAsJsonAsync("/_sim/payment_intents/pi_kept", new { amount = 4582, currency = "usd" });
        first.Kill();
        await first.WaitForExitAsync();

        await Start();
        using var kept = await _http.GetAsync("/_sim/payment_intents/pi_kept");

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.OK], [put.StatusCode, kept.StatusCode]);
    }

    [Fact]
    public async Task Start_OnATakenPort_EndsWithOneSentence()
    {
        await Start();
        var second = Launch();

        var error = await second.StandardError.ReadToEndAsync().WaitAsync(Bound);
        await second.WaitForExitAsync().WaitAsync(Bound);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("address already in use", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private async Task<Process> Start()
    {
        var process = Launch();
        var bound = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var health = await _http.GetAsync("/_sim/health");
                health.EnsureSuccessStatusCode();
                return process;
            }
            catch (HttpRequestException) when (bound.Elapsed < Bound && !process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    private Process Launch()
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "MPanel.StripeSimulator.dll"),
            "--port",
            $"{_port}",
            "--state",
            Path.Combine(_directory, "state.json"),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardError = true })!;
        _processes.Add(process);
        return process;
    }
}
