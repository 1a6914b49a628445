using MPanel.StripeSimulator.Checkout;
using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Setup;

/// <summary>How a call ended for a SetupIntent.</summary>
internal sealed record SetupChange(SimulatedSetup Setup, StripeError? Error = null);

/// <summary>What confirming does to a SetupIntent, by its payment method.</summary>
internal static class SettingUp
{
    public static SetupChange Confirm(StripeState state, SimulatedSetup setup, string? asked)
    {
        if (setup.Status is "succeeded" or "canceled" or "processing")
            return new(setup, Unexpected(setup, "confirm"));
        if ((asked ?? setup.PaymentMethod) is not { } name)
            return new(
                setup,
                StripeError.Invalid(
                    "You cannot confirm this SetupIntent because it's missing a payment method.",
                    code: "setup_intent_unexpected_state"
                )
            );
        if (MethodUse.Find(state, name, setup.Livemode, setup.Customer, out var unusable) is not { } method)
            return new(setup, unusable);
        var with = setup with { PaymentMethod = method.Id };
        if (!method.Test.Attachable)
            return Fail(state, with, new PaymentFailure(method.Test.DeclineCode!, null, method));
        return new(method.Test.Authentication == Authentication.Never ? Succeed(state, with, method) : Ask(state, with));
    }

    /// <summary>The customer has gone through 3-D Secure, or not.</summary>
    /// <returns>Null when it waits for nothing.</returns>
    public static SimulatedSetup? Finish(StripeState state, SimulatedSetup setup, bool succeeds)
    {
        if (setup.Status != "requires_action")
            return null;
        var method = state.Find<SimulatedPaymentMethod>(setup.PaymentMethod!)!;
        return succeeds
            ? Succeed(state, setup, method)
            : Fail(state, setup, new PaymentFailure(PaymentFailure.SetupNotAuthenticated, null, method)).Setup;
    }

    public static StripeError Unexpected(SimulatedSetup setup, string verb) =>
        StripeError.Invalid(
            $"You cannot {verb} this SetupIntent because it has a status of {setup.Status}.",
            code: "setup_intent_unexpected_state"
        );

    private static SimulatedSetup Succeed(StripeState state, SimulatedSetup setup, SimulatedPaymentMethod method)
    {
        if (setup.Customer is { } customer)
            Saving.Attach(state, method, customer, setUp: setup.Usage == "off_session");
        else
            state.Put(method with { SetUp = setup.Usage == "off_session" });
        var done = state.Put(setup with { Status = "succeeded", Failure = null });
        EventLog.Add(state, "setup_intent.succeeded", done);
        Sessions.Follow(state, done);
        return done;
    }

    private static SimulatedSetup Ask(StripeState state, SimulatedSetup setup)
    {
        var asking = state.Put(setup with { Status = "requires_action", Failure = null });
        EventLog.Add(state, "setup_intent.requires_action", asking);
        return asking;
    }

    private static SetupChange Fail(StripeState state, SimulatedSetup setup, PaymentFailure failure)
    {
        var failed = state.Put(setup with { Status = "requires_payment_method", PaymentMethod = null, Failure = failure });
        EventLog.Add(state, "setup_intent.setup_failed", failed);
        return new(failed, failure.ToError() with { SetupIntent = failed.ToJson() });
    }
}
