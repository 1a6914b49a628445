using System.Text;

namespace MPanel.Jobs.Payments;

/// <summary>Configuration section <c>Stripe</c>, checked on start by <see cref="StripeOptionsRules"/>.</summary>
public sealed record StripeOptions
{
    public const string Section = "Stripe";

    /// <summary>Secret or restricted key, <c>sk_…</c> or <c>rk_…</c>. Required: without it the program doesn't start.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>
    /// Of the webhook endpoint, <c>whsec_…</c>; two while one is exchanged for the other. Without any, webhooks are refused, and what happens at
    /// Stripe is fetched once an hour.
    /// </summary>
    public IReadOnlyList<string> WebhookSecrets { get; init; } = [];

    /// <summary>https, or http on loopback only: the key must not cross a network in the clear.</summary>
    public string BaseUrl { get; init; } = "https://api.stripe.com";

    /// <summary>Which payments count as money. The key has to be of the same mode. Test payments are accepted only when a setting says so.</summary>
    public bool ExpectedLiveMode { get; init; } = true;

    /// <summary>One request, from connecting to the last byte.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>All attempts of one lookup and the waits between them. The step that asks is leased for longer.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(22);

    /// <summary>Attempts after the first within one lookup, made by Stripe's library. Few, since the step itself is retried for a day.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The mode the key belongs to, by its prefix.</summary>
    public bool LiveMode =>
        ApiKey.StartsWith("sk_live_", StringComparison.Ordinal) || ApiKey.StartsWith("rk_live_", StringComparison.Ordinal);

    // A record prints every property; this one is a secret.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"{nameof(BaseUrl)} = {BaseUrl}, {nameof(LiveMode)} = {LiveMode}, {nameof(ExpectedLiveMode)} = {ExpectedLiveMode}");
        return true;
    }
}
