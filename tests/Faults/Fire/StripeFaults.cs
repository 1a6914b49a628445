using System.Net.Http.Json;
using System.Net.Sockets;
using MPanel.Faults.World;

namespace MPanel.Faults.Fire;

/// <summary>A Stripe that is slow, refuses, breaks, hangs, or is gone.</summary>
internal sealed class StripeFaults(FaultWorld world, Random random)
{
    public IEnumerable<KeyValuePair<string, Func<Fault>>> Makers =>
        [
            new("stripe-slow", () => Failing("stripe-slow", new { kind = "slow", delay_ms = 1500 })),
            new("stripe-429", () => Failing("stripe-429", new { kind = "rate_limited", retry_after_seconds = 1 })),
            new("stripe-500", () => Failing("stripe-500", new { kind = "server_error" })),
            new("stripe-hang", () => Failing("stripe-hang", new { kind = "timeout" })),
            new("stripe-reset", () => Failing("stripe-reset", new { kind = "reset" })),
            new("stripe-kill", Kill),
        ];

    private Fault Failing(string name, object failure) =>
        new(
            name,
            "stripe",
            TimeSpan.FromSeconds(random.Next(4, 10)),
            () => Steer(http => http.PostAsJsonAsync("/_sim/failures", failure)),
            () => Steer(http => http.DeleteAsync("/_sim/failures")),
            Answers
        );

    private Fault Kill() =>
        new(
            "stripe-kill",
            "stripe",
            TimeSpan.Zero,
            () =>
            {
                world.Stripe.Kill();
                return Task.CompletedTask;
            },
            () => Task.CompletedTask,
            Answers
        );

    // A power cut may have taken it away for a moment.
    private async Task Steer(Func<HttpClient, Task<HttpResponseMessage>> call)
    {
        for (var tries = 0; tries < 40; tries++)
        {
            try
            {
                using var answer = await call(world.Simulator);
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (Exception e) when (e is HttpRequestException { StatusCode: null } or SocketException or OperationCanceledException)
            {
                await Task.Delay(250);
            }
        }
        throw new TimeoutException("The simulator could not be steered for 10 s.");
    }

    private async Task<bool> Answers()
    {
        try
        {
            using var answer = await world.Simulator.GetAsync("/_sim/health");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
