namespace MPanel.StripeSimulator.Wire;

/// <summary>Which parameters a call may have. The simulator has no use for most, but a call that Stripe refuses is refused here too.</summary>
internal static class Parameters
{
    private const string Allowed = "allowed_payment_method_types";

    private const int MostMetadata = 50;
    private const int LongestKey = 40;
    private const int LongestValue = 500;

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
        if (OfMetadata(form.Metadata()) is { } wrong)
            return wrong;
        return given.Contains(Allowed) && given.FirstOrDefault(name => ExcludedByAllowed.Contains(name)) is { } other
            ? StripeError.Parameter($"You may only specify one of these parameters: {Allowed}, {other}.")
            : null;
    }

    private static StripeError? OfMetadata(Dictionary<string, string> metadata)
    {
        if (metadata.Count > MostMetadata)
            return StripeError.Parameter($"Metadata can have up to {MostMetadata} keys.", "metadata");
        foreach (var (key, value) in metadata)
        {
            if (key.Length is 0 or > LongestKey || key.Contains('[') || key.Contains(']'))
                return StripeError.Parameter($"Metadata keys have 1 to {LongestKey} characters and no brackets.", "metadata");
            if (value.Length > LongestValue)
                return StripeError.Parameter($"Metadata values have up to {LongestValue} characters.", $"metadata[{key}]");
        }
        return null;
    }
}
