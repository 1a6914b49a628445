using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using MPanel.Web.Platform.Security.TwoFactor;
using OtpNet;
using Totp = MPanel.Web.Platform.Security.TwoFactor.Totp;

namespace MPanel.Tests.Support;

/// <summary>
/// The authenticator apps of people in tests. Two-factor login is set up and answered on the panel's own pages, as everybody does it: there
/// is no way around it to take.
/// </summary>
public sealed partial class TestPhones
{
    private readonly ConcurrentDictionary<string, byte[]> _secrets = new();

    /// <summary>After the password: gives the code, or sets two-factor login up where the panel leads there; else does nothing.</summary>
    /// <param name="location">Where the login led to.</param>
    public async Task Answer(PagesClient pages, string password, string location)
    {
        if (location.StartsWith("/login/code", StringComparison.Ordinal) && _secrets.TryGetValue(pages.Email, out var known))
            // A code opens nothing twice, but that of the next half minute is taken, too.
            await Expect(await pages.PostForm("/login/code", Form(("Code", Totp.CodeAt(known, DateTimeOffset.UtcNow.AddSeconds(30))))));
        using var account = await pages.GetAsync("/account");
        if (account.Headers.Location?.OriginalString != "/account/two-factor")
            return;
        await Expect(await pages.PostForm("/account/two-factor?handler=Start"));
        var secret = SecretOn(await pages.GetStringAsync("/account/two-factor"));
        var code = Totp.CodeAt(secret, DateTimeOffset.UtcNow);
        using var enabled = await pages.PostForm("/account/two-factor?handler=Enable", Form(("Code", code), ("Password", password)));
        if (!(await enabled.Content.ReadAsStringAsync()).Contains("recovery-codes", StringComparison.Ordinal))
            throw new InvalidOperationException("Two-factor login could not be set up.");
        _secrets[pages.Email] = secret;
    }

    /// <summary>The secret that the page of the set-up shows.</summary>
    public static byte[] SecretOn(string html) =>
        Base32Encoding.ToBytes(Secret().Match(html).Groups[1].Value.Replace(" ", "", StringComparison.Ordinal));

    private static Dictionary<string, string> Form(params (string Name, string Value)[] fields) =>
        fields.ToDictionary(f => f.Name, f => f.Value);

    private static async Task Expect(HttpResponseMessage answer)
    {
        using (answer)
            if (answer.StatusCode != HttpStatusCode.Redirect)
                throw new InvalidOperationException($"The panel answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    [GeneratedRegex("""id="totp-secret">([A-Z2-7 ]+)<""")]
    private static partial Regex Secret();
}
