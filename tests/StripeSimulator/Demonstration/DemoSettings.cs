using System.Globalization;

namespace MPanel.StripeSimulator.Demonstration;

/// <param name="Key">The marketing API's key, read from --key-file.</param>
internal sealed record DemoSettings(
    Uri Panel,
    string Key,
    Uri Simulator,
    Uri Nginx,
    string PaymentIntent,
    string Domain,
    string Email,
    TimeSpan Timeout
)
{
    private static readonly string[] Known =
    [
        "--panel",
        "--key-file",
        "--simulator",
        "--nginx",
        "--payment-intent",
        "--domain",
        "--email",
        "--timeout",
    ];

    public static DemoSettings Parse(string[] args)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!Known.Contains(args[i]))
                throw new SimulatorSettingsException($"{args[i]} is not known.");
            given[args[i]] = i + 1 < args.Length ? args[i + 1] : throw new SimulatorSettingsException($"{args[i]} needs a value.");
        }
        return new DemoSettings(
            Address(given, "--panel", "http://127.0.0.1:2271"),
            ReadKey(given),
            Address(given, "--simulator", $"http://127.0.0.1:{SimulatorSettings.DefaultPort}"),
            Address(given, "--nginx", "http://127.0.0.1:2280"),
            given.GetValueOrDefault("--payment-intent") ?? $"pi_demo{Guid.NewGuid():N}"[..24],
            // A name of its own each time: two orders of one hosting for one name stop for a person.
            HostName(given.GetValueOrDefault("--domain") ?? $"techstartup-{Guid.NewGuid():N}"[..18] + ".net"),
            given.GetValueOrDefault("--email") ?? "client@example.com",
            Seconds(given.GetValueOrDefault("--timeout") ?? "120")
        );
    }

    private static Uri Address(Dictionary<string, string> given, string name, string otherwise)
    {
        var text = given.GetValueOrDefault(name) ?? otherwise;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? uri
            : throw new SimulatorSettingsException($"{name} is not an address: {text}");
    }

    private static string HostName(string text) =>
        Uri.CheckHostName(text) == UriHostNameType.Dns
            ? text
            : throw new SimulatorSettingsException($"--domain is not a domain name: {text}");

    private static TimeSpan Seconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : throw new SimulatorSettingsException($"--timeout is a number of seconds, not {text}.");

    private static string ReadKey(Dictionary<string, string> given)
    {
        var file = given.GetValueOrDefault("--key-file") ?? throw new SimulatorSettingsException("--key-file is needed.");
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulatorSettingsException($"The key file can't be read: {e.Message}");
        }
    }
}
