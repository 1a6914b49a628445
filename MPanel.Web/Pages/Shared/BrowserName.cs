using System.Text.RegularExpressions;

namespace MPanel.Web.Pages.Shared;

/// <summary>A browser's User-Agent header in words that people know: "Chrome 156 on Linux". A hint, never proof of anything.</summary>
public static partial class BrowserName
{
    /// <summary>The first that matches counts: nearly every browser also calls itself Chrome and Safari.</summary>
    private static readonly (Regex Pattern, string Name)[] Browsers =
    [
        (Edge(), "Edge"),
        (Opera(), "Opera"),
        (Firefox(), "Firefox"),
        (Chrome(), "Chrome"),
        (Safari(), "Safari"),
    ];

    private static readonly (string Token, string Name)[] Systems =
    [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>What is not known is shown as it was sent; "unknown" where nothing was.</summary>
    public static string Of(string userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent))
            return "unknown";
        foreach (var (pattern, name) in Browsers)
        {
            if (pattern.Match(userAgent) is not { Success: true } match)
                continue;
            var system = Systems.FirstOrDefault(s => userAgent.Contains(s.Token, StringComparison.Ordinal)).Name;
            return $"{name} {match.Groups[1].Value}" + (system is null ? "" : $" on {system}");
        }
        return userAgent;
    }

    [GeneratedRegex(@"\bEdg(?:A|iOS)?/([0-9]{1,5})")]
    private static partial Regex Edge();

    [GeneratedRegex(@"\bOPR/([0-9]{1,5})")]
    private static partial Regex Opera();

    [GeneratedRegex(@"\b(?:Firefox|FxiOS)/([0-9]{1,5})")]
    private static partial Regex Firefox();

    [GeneratedRegex(@"\b(?:Headless)?(?:Chrome|CriOS)/([0-9]{1,5})")]
    private static partial Regex Chrome();

    [GeneratedRegex(@"\bVersion/([0-9]{1,5})[0-9.]* (?:Mobile/\S+ )?Safari/")]
    private static partial Regex Safari();
}
