using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace MPanel.Jobs.Payments;

/// <summary>What <see cref="StripeOptions"/> must satisfy before the program starts. Messages never quote the key.</summary>
public sealed partial class StripeOptionsRules : IValidateOptions<StripeOptions>
{
    // What a step may spend on Stripe before its lease is in question.
    private static readonly TimeSpan LongestLookup = TimeSpan.FromSeconds(25);

    public ValidateOptionsResult Validate(string? name, StripeOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(StripeOptions options)
    {
        if (options.ApiKey.Length == 0)
            yield return "Stripe:ApiKey is missing. Set it (environment: Stripe__ApiKey) to a secret or restricted key of your Stripe account.";
        else if (!Key().IsMatch(options.ApiKey))
            yield return "Stripe:ApiKey is not a Stripe secret key: it should start with sk_live_, sk_test_, rk_live_ or rk_test_.";
        else if (options.LiveMode != options.ExpectedLiveMode)
            yield return $"Stripe:ApiKey is a {Mode(options.LiveMode)} key, but Stripe:ExpectedLiveMode asks for {Mode(options.ExpectedLiveMode)} mode.";
        if (options.WebhookSecrets.Any(secret => !Secret().IsMatch(secret)))
            yield return "Stripe:WebhookSecrets has an entry that is no signing secret of a webhook endpoint: it should start with whsec_.";
        if (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var url) || !IsSafe(url))
            yield return "Stripe:BaseUrl has to be an https address without user, query or path (http is allowed on loopback only).";
        if (options.AttemptTimeout <= TimeSpan.Zero || options.AttemptTimeout > options.TotalTimeout)
            yield return "Stripe:AttemptTimeout has to be above zero and at most Stripe:TotalTimeout.";
        if (options.TotalTimeout >= LongestLookup)
            yield return $"Stripe:TotalTimeout has to be under {LongestLookup.TotalSeconds} seconds.";
        if (options.Retries is < 0 or > 5)
            yield return "Stripe:Retries has to be 0 to 5.";
    }

    private static bool IsSafe(Uri url) =>
        (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url is { UserInfo: "", Query: "", Fragment: "", AbsolutePath: "/" };

    private static string Mode(bool live) => live ? "live" : "test";

    [GeneratedRegex(@"^(sk|rk)_(live|test)_[A-Za-z0-9_]{8,250}\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"^whsec_[A-Za-z0-9+/=_-]{8,250}\z")]
    private static partial Regex Secret();
}
