namespace MPanel.Web.Platform.Security;

public static class BearerHeader
{
    /// <summary>What follows <c>Bearer</c> in the Authorization header, or null when there is no such header.</summary>
    public static string? Read(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
    }
}
