using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Methods;

/// <summary>How a bank's or Stripe's refusal reads: https://docs.stripe.com/declines/codes</summary>
internal static class Declines
{
    public const string Authentication = "authentication_required";

    public static StripeError Error(string declineCode) =>
        new(402, "card_error", Message(declineCode), Code(declineCode)) { DeclineCode = declineCode, AdviceCode = Advice(declineCode) };

    // These have an error code of their own; for the others it is the decline code alone that tells them apart.
    private static string Code(string declineCode) =>
        declineCode is "expired_card" or "incorrect_cvc" or "processing_error" or Authentication ? declineCode : "card_declined";

    private static string Message(string declineCode) =>
        declineCode switch
        {
            "insufficient_funds" => "Your card has insufficient funds.",
            "expired_card" => "Your card has expired.",
            "incorrect_cvc" => "Your card's security code is incorrect.",
            "processing_error" => "An error occurred while processing your card. Try again in a little bit.",
            Authentication => "Your card was declined. This transaction requires authentication.",
            _ => "Your card was declined.",
        };

    private static string? Advice(string declineCode) =>
        declineCode switch
        {
            "insufficient_funds" or "processing_error" or "card_velocity_exceeded" => "try_again_later",
            "lost_card" or "stolen_card" or "fraudulent" => "do_not_try_again",
            "expired_card" or "incorrect_cvc" => "confirm_card_data",
            _ => null,
        };
}
