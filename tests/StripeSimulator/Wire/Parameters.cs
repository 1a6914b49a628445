namespace MPanel.StripeSimulator.Wire;

/// <summary>Which parameters a call may have. The simulator has no use for most, but a call that Stripe refuses is refused here too.</summary>
internal static class Parameters
{
    private const string Allowed = "allowed_payment_method_types";

    // Each says in a way of its own which methods are offered.
    private static readonly string[] ExcludedByAllowed =
    [
        "automatic_payment_methods",
        "excluded_payment_method_types",
        "payment_method_configuration",
    ];

    /// <param name="names">Stripe's parameters of the route, beside <c>expand</c>.</param>
    public static StripeError? Refusal(Form form, string[] names)
    {
        var given = form.Names();
        // Said in its own way only where it was once taken: https://docs.stripe.com/changelog/endive
        if (names.Contains(Allowed) && given.Contains("payment_method_types"))
            return StripeError.Parameter(
                "The payment_method_types parameter is no longer supported. Use allowed_payment_method_types, or leave it to the settings of your account.",
                "payment_method_types",
                "payment_method_types_no_longer_supported"
            );
        if (given.FirstOrDefault(name => name != "expand" && !names.Contains(name)) is { } unknown)
            return StripeError.Parameter($"Received unknown parameter: {unknown}", unknown, "parameter_unknown");
        return given.Contains(Allowed) && given.FirstOrDefault(name => ExcludedByAllowed.Contains(name)) is { } other
            ? StripeError.Parameter($"You may only specify one of these parameters: {Allowed}, {other}.")
            : null;
    }
}
