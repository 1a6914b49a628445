using MPanel.Database.Access;

namespace MPanel.Web.Platform.Security;

/// <summary>
/// The cookie by which a browser is known that somebody has signed in with. It opens nothing: wrong passwords from there are counted
/// apart from those of strangers.
/// </summary>
public static class BrowserCookie
{
    public const string Name = "mpanel_browser";

    public static string? Read(HttpRequest request) => request.Cookies[Name] is { Length: > 0 and <= 100 } text ? text : null;

    public static void Write(HttpContext context, string text) =>
        context.Response.Cookies.Append(
            Name,
            text,
            new CookieOptions
            {
                HttpOnly = true,
                IsEssential = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                Path = "/",
                MaxAge = KnownBrowsers.Kept,
            }
        );
}
