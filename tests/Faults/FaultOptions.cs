using System.Globalization;

namespace MPanel.Faults;

/// <summary>A mistake on the command line, in a sentence for people.</summary>
public sealed class FaultOptionsException(string message) : Exception(message);

public enum Scenario
{
    /// <summary>Faults of all kinds strike for the given time.</summary>
    Fire,

    /// <summary>The database's primary is killed and its standby promoted, again and again for the given time.</summary>
    Failover,

    /// <summary>Load near capacity for the given time, then far beyond it.</summary>
    Load,
}

/// <param name="Seed">Decides which orders come and which faults strike, in which sequence. The same seed gives the same again.</param>
/// <param name="Fire">How long faults strike; start and settling come on top.</param>
/// <param name="Only">Names of the faults to choose from; all when empty.</param>
/// <param name="Scenario">What happens; a fire of many faults unless told otherwise.</param>
/// <param name="Keep">Leave the world's directory and logs for reading.</param>
public sealed record FaultOptions(int Seed, TimeSpan Fire, IReadOnlyList<string> Only, bool Keep, Scenario Scenario = Scenario.Fire)
{
    public const string Usage = "MPanel.Faults [--scenario fire|failover|load] [--seed N] [--minutes M] [--only fault,fault] [--keep]";

    public static FaultOptions Parse(string[] args)
    {
        var options = new FaultOptions(Random.Shared.Next(1, 1_000_000), TimeSpan.FromMinutes(10), [], Keep: false);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--keep")
            {
                options = options with { Keep = true };
                continue;
            }
            var value = i + 1 < args.Length ? args[i + 1] : throw Wrong($"{args[i]} needs a value");
            options = args[i++] switch
            {
                "--seed" when int.TryParse(value, NumberStyles.None, null, out var seed) => options with { Seed = seed },
                "--minutes"
                    when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes)
                        && minutes is > 0 and <= 600 => options with
                {
                    Fire = TimeSpan.FromMinutes(minutes),
                },
                "--scenario" when Enum.TryParse<Scenario>(value, ignoreCase: true, out var scenario) && Enum.IsDefined(scenario) =>
                    options with
                    {
                        Scenario = scenario,
                    },
                "--only" => options with { Only = value.Split(',') },
                "--seed" or "--minutes" or "--scenario" => throw Wrong($"{args[i - 1]} can't be {value}"),
                _ => throw Wrong($"faults does not know {args[i - 1]}"),
            };
        }
        return options;
    }

    private static FaultOptionsException Wrong(string what) => new($"{what}. Usage: {Usage}");
}
