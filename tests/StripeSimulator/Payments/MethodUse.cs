using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>The payment method that a call names: kept already, or made now from the name of a test method.</summary>
internal static class MethodUse
{
    public static SimulatedPaymentMethod? Find(StripeState state, string asked, bool livemode, string? customer, out StripeError? error)
    {
        error = null;
        if (TestMethods.Find(asked) is not null)
            return Make(state, asked, livemode);
        if (state.Find<SimulatedPaymentMethod>(asked) is not { } method || method.Livemode != livemode)
            error = StripeError.Invalid($"No such PaymentMethod: '{asked}'", "payment_method", "resource_missing");
        else if (method.Spent)
            error = StripeError.Invalid(
                "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
                "payment_method",
                "payment_method_unexpected_state"
            );
        else if (method.Customer is { } owner && owner != customer)
            error = StripeError.Invalid(
                $"The payment method you provided ({asked}) belongs to a Customer. Please include that Customer in the `customer` parameter.",
                "payment_method"
            );
        return error is null ? state.Find<SimulatedPaymentMethod>(asked) : null;
    }

    public static SimulatedPaymentMethod Make(StripeState state, string token, bool livemode) =>
        state.Put(new SimulatedPaymentMethod(StripeId.New("pm"), token, livemode, state.Now));
}
