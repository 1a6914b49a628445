namespace MPanel.Benchmarks;

/// <summary>A mistake on the command line, in a sentence for people.</summary>
public sealed class BenchOptionsException(string message) : Exception(message);

/// <param name="Sections">What to measure, in this order.</param>
/// <param name="Quick">Smaller counts, to see that all runs.</param>
/// <param name="Full">Larger counts, and up to 100,000 orders in the database.</param>
/// <param name="Statements">Tell which statements intake and chain send, how often and at what cost.</param>
public sealed record BenchOptions(IReadOnlyList<string> Sections, bool Quick, bool Full, bool Statements)
{
    public const string Usage = "MPanel.Benchmarks [intake] [chain] [claims] [sites] [memory] [pages] [--quick | --full] [--statements]";

    public static readonly IReadOnlyList<string> AllSections = ["intake", "chain", "claims", "sites", "memory", "pages"];

    public static BenchOptions Parse(string[] args)
    {
        var sections = args.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).Distinct().ToList();
        var switches = args.Where(a => a.StartsWith("--", StringComparison.Ordinal)).ToList();
        if (sections.Except(AllSections).Concat(switches.Except(["--quick", "--full", "--statements"])).FirstOrDefault() is { } unknown)
            throw new BenchOptionsException($"bench does not know {unknown}. Usage: {Usage}");
        if (switches.Contains("--quick") && switches.Contains("--full"))
            throw new BenchOptionsException("bench is either --quick or --full.");
        return new BenchOptions(
            sections.Count == 0 ? AllSections : [.. AllSections.Intersect(sections)],
            switches.Contains("--quick"),
            switches.Contains("--full"),
            switches.Contains("--statements")
        );
    }

    /// <summary>The count for the chosen size.</summary>
    public int Pick(int quick, int normal, int full) =>
        Quick ? quick
        : Full ? full
        : normal;
}
