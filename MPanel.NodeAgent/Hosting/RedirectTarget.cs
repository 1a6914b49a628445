using System.Text.RegularExpressions;

namespace MPanel.NodeAgent.Hosting;

/// <summary>Where a redirect name leads, as text that nginx takes literally between double quotes.</summary>
/// <param name="Host">ASCII, lower case, without a trailing dot.</param>
/// <param name="Value">The address, percent-encoded; with nginx's variable of path and query when the target has no path of its own.</param>
internal sealed partial record RedirectTarget(string Host, string Value)
{
    private const int MostLength = 2000;

    // nginx takes a parameter of less than 4,096 bytes; a letter becomes up to nine.
    private const int MostBytes = 3000;

    /// <summary>Null when it is not an absolute http or https address that can be written so.</summary>
    public static RedirectTarget? Parse(string target)
    {
        // Uri would trim blanks, take a backslash for a slash and drop a tab: what comes out must be what was meant.
        if (target.Length > MostLength || target.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '\\'))
            return null;
        if (!Uri.TryCreate(target, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            return null;
        string host;
        try
        {
            host = uri.IdnHost.ToLowerInvariant();
        }
        catch (UriFormatException)
        {
            return null;
        }
        var port = uri.IsDefaultPort ? "" : $":{uri.Port}";
        var named = uri.HostNameType == UriHostNameType.IPv6 ? $"[{host}]" : host;
        var rest = uri.GetComponents(
            UriComponents.PathAndQuery | UriComponents.Fragment | UriComponents.KeepDelimiter,
            UriFormat.UriEscaped
        );
        // nginx expands a dollar sign wherever it stands.
        var written = $"{uri.Scheme}://{named}{port}{(HasPath(target) ? rest : "")}".Replace("$", "%24", StringComparison.Ordinal);
        return host.Length > 0 && written.Length <= MostBytes && Literal().IsMatch(written)
            ? new RedirectTarget(host.TrimEnd('.'), HasPath(target) ? written : written + "$request_uri")
            : null;
    }

    private static bool HasPath(string target)
    {
        var authority = target.IndexOf("://", StringComparison.Ordinal) + 3;
        return target.AsSpan(authority).IndexOfAny('/', '?', '#') >= 0;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._~:/?#\[\]@!&'()*+,;=%-]+\z")]
    private static partial Regex Literal();
}
