using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.State;

/// <summary>What is kept under an id. Immutable: a change is another one under the same id.</summary>
internal interface IKept
{
    string Id { get; }
}

/// <summary>An object of Stripe's API.</summary>
internal interface IStripeObject : IKept
{
    bool Livemode { get; }

    /// <summary>Seconds since 1970.</summary>
    long Created { get; }
}

internal static class StripeId
{
    public static string New(string prefix) => $"{prefix}_3{Guid.NewGuid():N}"[..(prefix.Length + 25)];
}

/// <summary>Which call changes things now; null where a control route or the clock does.</summary>
internal sealed record Cause(string RequestId, string? IdempotencyKey)
{
    public static Cause? Of(StripeCall? call) => call is null ? null : new Cause(call.RequestId, call.IdempotencyKey);
}
