using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MPanel.Database.Servers;
using MPanel.Jobs.Outcomes;

namespace MPanel.Jobs.Servers;

/// <summary>What a server may be called and set to, whether a page or the API says it.</summary>
public static partial class ServerRules
{
    public static readonly IReadOnlyList<string> Roles = ServerRole.All;
    public static readonly IReadOnlyList<string> States = ServerState.All;

    /// <summary>Those that it is put into, and comes back from.</summary>
    public static readonly IReadOnlyList<string> Working = ServerState.Working;

    private const int MostWebsites = 1_000_000;
    private const int MostTags = 20;

    /// <param name="websiteCapacity">Null for what is no whole number.</param>
    public static Checked<ServerSettings> Check(
        string? name,
        IReadOnlyCollection<string?> roles,
        string? address,
        IEnumerable<string?> tags,
        int? websiteCapacity
    )
    {
        var chosen = tags.Distinct(StringComparer.Ordinal).ToArray();
        // In the list's order, however they were given.
        var kept = Roles.Where(roles.Contains).ToArray();
        var errors = new List<FieldError>();
        Rule(name is not null && Name().IsMatch(name), "name", "malformed", "1 to 63 of a-z, 0-9 and -, not beginning with -.");
        Rule(
            kept.Length > 0 && roles.All(r => r is not null && Roles.Contains(r)),
            "roles",
            "unknown_role",
            $"At least one of {string.Join(", ", Roles)}, and no others."
        );
        var ip = Address(address);
        Rule(ip is not null, "address", "malformed", "An IP address, such as 10.1.10.10 or 2001:db8::10.");
        Rule(
            chosen.Length <= MostTags && chosen.All(t => t is not null && Tag().IsMatch(t)),
            "tags",
            "malformed",
            $"At most {MostTags}, each 1 to 31 of a-z, 0-9 and -, not beginning with -."
        );
        Rule(websiteCapacity is >= 0 and <= MostWebsites, "websiteCapacity", "out_of_range", $"A whole number from 0 to {MostWebsites}.");
        return new(errors.Count > 0 ? null : new ServerSettings(name!, kept, ip!, chosen!, websiteCapacity!.Value), errors);

        void Rule(bool holds, string path, string code, string message)
        {
            if (!holds)
                errors.Add(new FieldError(path, code, message));
        }
    }

    /// <summary>Only what reads the same everywhere: not 10.1 for 10.0.0.1, no octal, no scope.</summary>
    private static string? Address(string? text) =>
        IPAddress.TryParse(text, out var ip)
        && (
            ip.AddressFamily == AddressFamily.InterNetwork
                ? ip.ToString() == text
                : text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
        )
            ? ip.ToString()
            : null;

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,30}\z")]
    private static partial Regex Tag();
}
