using MPanel.Database.Access;
using MPanel.Web.Platform.Http;

namespace MPanel.Web.Platform.Security;

/// <summary>The cookie that holds a session's text, and nothing else: what it stands for is in the database.</summary>
public static class SessionCookie
{
    public const string Name = "mpanel_session";

    private const int LongestUserAgent = 300;

    public static string? Read(HttpRequest request) => request.Cookies[Name] is { Length: > 0 and <= 100 } text ? text : null;

    /// <param name="lifetime">The session's own; the browser forgets it no later.</param>
    public static void Write(HttpContext context, string text, TimeSpan lifetime) =>
        context.Response.Cookies.Append(Name, text, Options(context.Request, lifetime));

    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context.Request, null));

    /// <summary>Where the request comes from, as the database keeps it.</summary>
    public static Visitor Visitor(this HttpContext context)
    {
        // Without surrogates, which a cut could halve; nobody's browser has any.
        var agent = new string([
            .. context.Request.Headers.UserAgent.ToString().Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(LongestUserAgent),
        ]);
        return new Visitor(
            context.Connection.RemoteIpAddress?.ToString() ?? "unknown",
            agent,
            ClientNetwork.Of(context),
            BrowserCookie.Read(context.Request) is { } browser ? SessionToken.HashOf(browser) : null
        );
    }

    // Lax and not Strict: a link to an order in a mail or a chat must find its reader signed in. What changes anything is a POST.
    private static CookieOptions Options(HttpRequest request, TimeSpan? lifetime) =>
        new()
        {
            HttpOnly = true,
            IsEssential = true,
            SameSite = SameSiteMode.Lax,
            Secure = request.IsHttps,
            Path = "/",
            MaxAge = lifetime,
        };
}
