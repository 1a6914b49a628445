namespace MPanel.StripeSimulator.Wire;

/// <summary>The versions of the API that are simulated: one train, within which a later month takes nothing away.</summary>
internal static class StripeVersion
{
    /// <summary>The version of the made-up account: what a call without a Stripe-Version gets.</summary>
    public const string Default = "2026-10-28.endive";

    // Stripe knows the trains before it as well. Their shapes aren't simulated, so they are refused rather than answered wrong.
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal) { "2026-09-30.endive", Default };

    /// <returns>The version to answer with, or the error Stripe answers with.</returns>
    public static (string Version, StripeError? Error) Read(HttpRequest request)
    {
        var asked = request.Headers["Stripe-Version"].ToString();
        if (asked.Length == 0 || Known.Contains(asked))
            return (asked.Length == 0 ? Default : asked, null);
        return (Default, StripeError.Invalid($"Invalid Stripe API version: {asked}"));
    }
}
