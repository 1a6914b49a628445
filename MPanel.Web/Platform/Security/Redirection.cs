namespace MPanel.Web.Platform.Security;

public static class Redirection
{
    /// <summary>Sends the whole page elsewhere, also when only a fragment of it asked.</summary>
    /// <param name="location">Path and query on this host.</param>
    public static void Send(HttpContext context, string location)
    {
        if (context.Request.Headers.ContainsKey("HX-Request"))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers["HX-Redirect"] = location;
        }
        else
        {
            context.Response.Redirect(location);
        }
    }

    /// <summary>Where to go after the login: only ever a path of this panel.</summary>
    public static string Local(string? returnUrl) =>
        returnUrl is ['/', ..]
        && returnUrl is not (['/', '/', ..] or ['/', '\\', ..])
        && !returnUrl.Any(c => !char.IsAscii(c) || char.IsControl(c) || c == '\\')
        && !returnUrl.StartsWith("/login", StringComparison.OrdinalIgnoreCase)
        && !returnUrl.StartsWith("/logout", StringComparison.OrdinalIgnoreCase)
            ? returnUrl
            : "/";
}
