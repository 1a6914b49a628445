namespace MPanel.Web.Pages.Shared;

/// <summary>One of a module's tabs, each a page with its own address.</summary>
/// <param name="Count">Shown behind the title; null for none.</param>
public sealed record PageTab(string Title, string Link, bool Current, string? Count = null);

public static class LiveRequest
{
    /// <summary>The page asks for itself again, to swap its live part: menu and frame need not be sent.</summary>
    public static bool WantsLivePart(this HttpContext context) => context.Request.Headers.ContainsKey("HX-Request");

    /// <summary>Address a live part polls: the page's own, search and filters included.</summary>
    public static string OwnAddress(this HttpContext context) => context.Request.Path + context.Request.QueryString;
}
