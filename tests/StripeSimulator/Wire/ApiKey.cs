using System.Text;
using System.Text.RegularExpressions;

namespace MPanel.StripeSimulator.Wire;

/// <summary>Any well-formed secret key is accepted; its prefix says the mode.</summary>
internal sealed partial record ApiKey(bool LiveMode)
{
    /// <returns>The key, or the error Stripe answers with.</returns>
    public static (ApiKey? Key, StripeError? Error) Read(HttpRequest request)
    {
        var sent = Sent(request.Headers.Authorization.ToString());
        if (sent.Length == 0)
            return (
                null,
                StripeError.Unauthorized("You did not provide an API key. Provide it in the Authorization header, using Bearer auth.")
            );
        var match = WellFormed().Match(sent);
        return match.Success
            ? (new ApiKey(match.Groups["mode"].Value == "live"), null)
            : (null, StripeError.Unauthorized($"Invalid API Key provided: {Mask(sent)}"));
    }

    /// <summary>As Stripe writes it: the first characters, stars, the last four.</summary>
    public static string Mask(string key) =>
        key.Length <= 12 ? new string('*', key.Length) : $"{key[..8]}{new string('*', key.Length - 12)}{key[^4..]}";

    private static string Sent(string header)
    {
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return header["Bearer ".Length..].Trim();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return "";
        var buffer = new byte[header.Length];
        return Convert.TryFromBase64String(header["Basic ".Length..].Trim(), buffer, out var length)
            ? Encoding.UTF8.GetString(buffer, 0, length).Split(':')[0]
            : "";
    }

    [GeneratedRegex(@"^(sk|rk)_(?<mode>live|test)_[A-Za-z0-9_]{8,250}\z")]
    private static partial Regex WellFormed();
}
