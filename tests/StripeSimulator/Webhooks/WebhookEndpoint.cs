using System.Net;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Webhooks;

/// <param name="Secrets">Each signs every delivery: more than one while a secret is exchanged.</param>
/// <param name="Events">Types, or beginnings of some with a star.</param>
internal sealed record WebhookEndpoint(string Id, string Url, IReadOnlyList<string> Secrets, IReadOnlyList<string> Events, bool Livemode)
    : IKept
{
    public DeliveryHabits Habits { get; init; } = new();

    public bool Wants(SimulatedEvent e) => e.Livemode == Livemode && Events.Any(type => EventTypes.Matches(type, e.Type));

    /// <returns>What is wrong with it, or null. Nothing is ever sent to another machine.</returns>
    public static string? Wrong(string url, IReadOnlyList<string> secrets)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp || !IsLoopback(address))
            return "url is an http address of this machine: 127.0.0.1, [::1] or localhost.";
        return secrets.Count == 0 || secrets.Any(secret => secret.Length == 0 || secret.Any(char.IsWhiteSpace))
            ? "secrets are one or more texts without spaces, such as whsec_…."
            : null;
    }

    // Uri.IsLoopback takes "loopback" as well, which any name server may answer.
    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || (IPAddress.TryParse(address.DnsSafeHost, out var ip) && IPAddress.IsLoopback(ip));
}

/// <summary>How well, or how badly, an endpoint is delivered to.</summary>
internal sealed record DeliveryHabits
{
    /// <summary>Everything waits.</summary>
    public bool Paused { get; init; }

    /// <summary>How long each event waits first, by the simulator's clock.</summary>
    public long DelaySeconds { get; init; }

    /// <summary>How often each event is delivered.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Of those that wait, the newest goes first.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>Types that are lost on the way, or beginnings of some with a star.</summary>
    public IReadOnlyList<string> Lose { get; init; } = [];

    /// <summary>The waits before each repetition, by the simulator's clock. Stripe: hours in test mode, three days in live mode.</summary>
    public IReadOnlyList<long> RetrySeconds { get; init; } = [60, 600, 3600];

    public bool Loses(SimulatedEvent e) => Lose.Any(type => EventTypes.Matches(type, e.Type));
}
