using Microsoft.AspNetCore.Mvc;

namespace MPanel.Web.Pages.Emails;

/// <summary>
/// The HTML of a message, to be shown in a frame of the panel's own pages. It is somebody's text: it runs nothing, loads nothing, submits
/// nothing and is nobody's page, even where it is opened by itself.
/// </summary>
public static class MailFrame
{
    /// <summary>For a page that shows a message which is saved nowhere: its frame has the page's own policy, and a message brings its own styles.</summary>
    public static void AllowStyles(HttpResponse response) =>
        response.Headers.ContentSecurityPolicy = $"{response.Headers.ContentSecurityPolicy}; style-src 'self' 'unsafe-inline'";

    public static ContentResult Of(HttpResponse response, string html)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox";
        return new ContentResult { Content = html, ContentType = "text/html; charset=utf-8" };
    }
}
