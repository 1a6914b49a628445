using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Payments;

/// <summary>What follows by itself from being paid with certain test cards.</summary>
internal static class Aftermaths
{
    public static void Begin(StripeState state, SimulatedCharge charge)
    {
        switch (charge.Method?.Test.Aftermath)
        {
            case Aftermath.Dispute:
                Disputing.Open(state, charge, DisputeStatus.NeedsResponse, "fraudulent");
                break;
            case Aftermath.ProductNotReceived:
                Disputing.Open(state, charge, DisputeStatus.NeedsResponse, "product_not_received");
                break;
            case Aftermath.Inquiry:
                Disputing.Open(state, charge, DisputeStatus.WarningNeedsResponse, "fraudulent");
                break;
        }
    }
}
