using System.Text.RegularExpressions;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Websites;

/// <summary>Where a redirect may lead, in the form that servers are told.</summary>
public static partial class RedirectTarget
{
    private const int Longest = 2000;

    /// <param name="typed">An absolute http or https address in whatever form people write it.</param>
    /// <returns>ASCII, percent-encoded, the host in lower case; null when it is no such address.</returns>
    public static string? Normalize(string? typed)
    {
        if (typed?.Trim() is not { Length: > 0 and <= Longest } text || text.Any(char.IsControl))
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            return null;
        if (DomainName.Normalize(uri.IdnHost) is not { } host)
            return null;
        var port = uri.IsDefaultPort ? "" : $":{uri.Port}";
        // A dollar sign begins a variable in the server's configuration.
        var rest = (uri.PathAndQuery + uri.Fragment).Replace("$", "%24", StringComparison.Ordinal);
        var target = $"{uri.Scheme}://{host}{port}{rest}";
        return target.Length <= Longest && Plain().IsMatch(target) ? target : null;
    }

    /// <summary>Of a normalised target.</summary>
    public static string HostOf(string target) => new Uri(target).Host;

    [GeneratedRegex(@"\A[A-Za-z0-9._~:/?#\[\]@!&'()*+,;=%-]+\z")]
    private static partial Regex Plain();
}
