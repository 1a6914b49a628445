using Microsoft.Extensions.Options;
using MPanel.Database.Payments;
using MPanel.Jobs.Engine;
using Npgsql;
using Stripe;

namespace MPanel.Jobs.Payments;

/// <summary>What Stripe sends: kept by its id, and looked into by a job.</summary>
public sealed class StripeWebhook(NpgsqlDataSource dataSource, IOptions<StripeOptions> options, JobSignals jobs, TimeProvider time)
{
    /// <summary>Code: no secret is set, so nobody can tell whether it is Stripe who sends.</summary>
    public const string Off = "webhooks_off";

    /// <summary>Code: signed by nobody who knows a secret, or too long ago.</summary>
    public const string BadSignature = "signature_invalid";

    /// <summary>Code: it is no event.</summary>
    public const string NoEvent = "event_invalid";

    /// <summary>Seconds between the signature and its receipt, either way.</summary>
    private const long Tolerance = 300;

    /// <param name="body">As it came: the signature is over every byte.</param>
    /// <param name="signature">The header Stripe-Signature; null for none.</param>
    /// <returns>A code where it is refused; null when it is kept, now or before.</returns>
    public async Task<string?> Take(string body, string? signature)
    {
        if (options.Value.WebhookSecrets.Count == 0)
            return Off;
        if (!IsSigned(body, signature))
            return BadSignature;
        if (StripeEventReading.Read(body, options.Value.ExpectedLiveMode) is not { } notice)
            return NoEvent;
        // Not the caller's token: whether it is kept must not hang on whether Stripe still listens.
        await using var db = await dataSource.OpenConnectionAsync(CancellationToken.None);
        if (await ReceiveStripeEvents.Run(db, notice, ReceiveStripeEvents.ByWebhook))
            jobs.Added();
        return null;
    }

    /// <summary>By any of the secrets: while one is exchanged for another, both are good.</summary>
    private bool IsSigned(string body, string? signature)
    {
        if (string.IsNullOrWhiteSpace(signature))
            return false;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return options.Value.WebhookSecrets.Any(secret =>
        {
            try
            {
                EventUtility.ValidateSignature(body, signature, secret, Tolerance, now);
                return true;
            }
            catch (Exception e) when (e is StripeException or FormatException or OverflowException or NullReferenceException)
            {
                return false;
            }
        });
    }
}
