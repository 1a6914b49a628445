using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Payments;

/// <summary>A PaymentIntent. Amounts are Stripe's minor units, the currency is lower case.</summary>
internal sealed record SimulatedPayment(string Id, long Amount, string Currency, string Status, bool Livemode, long Created) : IStripeObject
{
    public long AmountReceived { get; init; }
    public string? LatestCharge { get; init; }

    /// <summary>The charge is not shown for a while, as right after asynchronous capture.</summary>
    public bool ChargeHidden { get; init; }
    public string? Customer { get; init; }
    public string? PaymentMethod { get; init; }

    /// <summary>on_session or off_session: the method is kept for the customer once it was paid with.</summary>
    public string? SetupFutureUsage { get; init; }

    /// <summary>Null when the account's settings decide.</summary>
    public IReadOnlyList<string>? AllowedPaymentMethodTypes { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public PaymentFailure? Failure { get; init; }

    public long? CanceledAt { get; init; }
    public string? CancellationReason { get; init; }
    public string? Description { get; init; }
    public string? ReceiptEmail { get; init; }

    /// <summary>It paid an invoice of Stripe's.</summary>
    public string? Invoice { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}

/// <param name="Method">As it was; the payment itself has lost it.</param>
internal sealed record PaymentFailure(string DeclineCode, string? Charge, SimulatedPaymentMethod? Method)
{
    /// <summary>The customer did not pass 3-D Secure. No charge was tried.</summary>
    public const string NotAuthenticated = "payment_intent_authentication_failure";
    public const string SetupNotAuthenticated = "setup_intent_authentication_failure";

    public StripeError ToError() =>
        DeclineCode is NotAuthenticated or SetupNotAuthenticated
            ? StripeError.Invalid(
                "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.",
                code: DeclineCode
            ) with
            {
                PaymentMethod = Method?.ToJson(),
            }
            : Declines.Error(DeclineCode) with
            {
                Charge = Charge,
                PaymentMethod = Method?.ToJson(),
            };
}
