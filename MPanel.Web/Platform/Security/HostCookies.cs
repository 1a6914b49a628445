namespace MPanel.Web.Platform.Security;

/// <summary>
/// By TLS every cookie of the panel's is called <c>__Host-…</c> outside: browsers take such a name from this host alone, with Secure, so that
/// neither a neighbouring name of the domain nor plain HTTP can plant one. Inside the names stay what they are.
/// </summary>
public sealed class HostCookies(RequestDelegate next)
{
    public const string Prefix = "__Host-";

    private const string Ours = "mpanel_";

    public Task Invoke(HttpContext context)
    {
        if (context.Request.IsHttps)
        {
            context.Request.Headers.Cookie = Inside(context.Request.Headers.Cookie.ToString());
            context.Response.OnStarting(() =>
            {
                Outside(context.Response.Headers);
                return Task.CompletedTask;
            });
        }
        return next(context);
    }

    /// <summary>What bears one of our names without the prefix was planted, or is from before; it counts for nothing.</summary>
    private static string Inside(string header) =>
        string.Join(
            "; ",
            header
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(cookie => !cookie.StartsWith(Ours, StringComparison.OrdinalIgnoreCase))
                .Select(cookie => cookie.StartsWith(Prefix + Ours, StringComparison.Ordinal) ? cookie[Prefix.Length..] : cookie)
        );

    private static void Outside(IHeaderDictionary headers)
    {
        for (var i = 0; i < headers.SetCookie.Count; i++)
            if (headers.SetCookie[i] is { } cookie && cookie.StartsWith(Ours, StringComparison.Ordinal))
            {
                var all = headers.SetCookie.ToArray();
                all[i] = Prefix + cookie + (cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase) ? "" : "; secure");
                headers.SetCookie = all;
            }
    }
}
