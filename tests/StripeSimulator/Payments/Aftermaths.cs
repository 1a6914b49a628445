using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Payments;

/// <summary>What follows by itself from being paid with certain test cards.</summary>
internal static class Aftermaths
{
    public static void Begin(StripeState state, SimulatedCharge charge)
    {
        if (charge.Method?.Test.Aftermath == Aftermath.Dispute)
            state.Put(charge with { Disputed = true });
    }
}
