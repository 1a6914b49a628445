using System.Globalization;
using System.Net;

namespace MPanel.StripeSimulator;

/// <summary>A mistake on the command line, in a sentence for people.</summary>
public sealed class SimulatorSettingsException(string message) : Exception(message);

/// <param name="StateFile">Where payments are kept over restarts; null keeps them in memory only.</param>
public sealed record SimulatorSettings(IPAddress Address, int Port, string? StateFile)
{
    public const int DefaultPort = 2274;

    public const string Usage = """
        MPanel.StripeSimulator [--port 2274] [--address 127.0.0.1] [--state FILE]
            A stand-in for Stripe's API with made-up payments. --port 0 takes any free port.
            --state keeps the payments over restarts. Steered below /_sim/.
        MPanel.StripeSimulator demo --panel URL --key-file FILE --simulator URL --nginx URL
                                    [--payment-intent pi_…] [--domain techstartup-….net]
                                    [--email client@example.com] [--timeout SECONDS]
            Pays for the example order and follows it until its site answers.
        """;

    public static SimulatorSettings Parse(string[] args)
    {
        var settings = new SimulatorSettings(IPAddress.Loopback, DefaultPort, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new SimulatorSettingsException($"{args[i]} needs a value.");
            settings = args[i] switch
            {
                "--port" when ushort.TryParse(value, NumberStyles.None, null, out var port) => settings with { Port = port },
                "--address" when IPAddress.TryParse(value, out var address) => settings with { Address = address },
                "--state" => settings with { StateFile = Path.GetFullPath(value) },
                "--port" or "--address" => throw new SimulatorSettingsException($"{args[i]} can't be {value}."),
                _ => throw new SimulatorSettingsException($"{args[i]} is not known."),
            };
        }
        return settings;
    }
}
