using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Wire;

/// <summary>A call that carried a good key, as its route sees it.</summary>
/// <param name="Failure">What is to go wrong, or null.</param>
internal sealed record StripeCall(bool LiveMode, Form Form, Failure? Failure)
{
    public required string RequestId { get; init; }

    /// <summary>Null when none was sent, or none is heeded.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The id in the address, or an empty text.</summary>
    public required string Id { get; init; }

    /// <summary>The simulator's own address, as the caller knows it.</summary>
    public required string Origin { get; init; }

    public required StripeState State { get; init; }

    /// <summary>Equal for calls that ask for the same.</summary>
    public required string Request { get; init; }

    // Keys of the two modes know nothing of each other.
    public string KeyScope => $"{LiveMode}:{IdempotencyKey}";

    public static StripeCall Of(HttpContext context) =>
        context.Features.Get<StripeCall>() ?? throw new InvalidOperationException("The route is not behind StripeEnvelope.");
}
