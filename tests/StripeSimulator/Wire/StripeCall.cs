using MPanel.StripeSimulator.Failures;

namespace MPanel.StripeSimulator.Wire;

/// <summary>A call that carried a good key, as its route sees it.</summary>
/// <param name="Failure">What is to go wrong in the answer itself, or null.</param>
internal sealed record StripeCall(bool LiveMode, Form Form, Failure? Failure)
{
    public static StripeCall Of(HttpContext context) =>
        context.Features.Get<StripeCall>() ?? throw new InvalidOperationException("The route is not behind StripeEnvelope.");
}
