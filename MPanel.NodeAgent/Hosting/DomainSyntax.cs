using System.Text.RegularExpressions;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// What may become a directory name and a server_name. The panel has checked it already; the agent checks again, since here it
/// reaches root's paths and configuration.
/// </summary>
internal static partial class DomainSyntax
{
    // A file name has at most 255 bytes, and the vhost's ends in .conf.
    private const int MostLength = 250;

    /// <summary>ASCII, lower case, at least two labels, the last not a number; no <c>localhost</c>.</summary>
    public static bool IsValid(string domain) =>
        domain.Length <= MostLength
        && Name().IsMatch(domain)
        && domain != "localhost"
        && !domain.EndsWith(".localhost", StringComparison.Ordinal);

    /// <summary>A product code: what may stand in a configuration's text.</summary>
    public static bool IsPlan(string plan) => Code().IsMatch(plan);

    [GeneratedRegex(@"\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+\z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\z")]
    private static partial Regex Code();
}
