namespace MPanel.Web.Security;

/// <summary>What an API key can be made for: the routes of the marketing API, and every permission.</summary>
public static class Scopes
{
    public static readonly IReadOnlyDictionary<string, string> OfPublicApi = new Dictionary<string, string>
    {
        ["orders:write"] = "Place orders, as the marketing API does",
        ["orders:read"] = "See the state of an order",
        ["plans:read"] = "See what is sold, and for how much",
    };

    /// <summary>Whether somebody may make, or make anew, a key of these scopes: a person theirs and the public ones, a key its own.</summary>
    public static bool MayGive(HttpContext context, IEnumerable<string> scopes)
    {
        var authority = Authority.Of(context.User);
        return context.Actor().Kind == "user"
            ? authority.Covers(scopes.Except(OfPublicApi.Keys), superAdmin: false)
            : authority.Covers(scopes, superAdmin: false);
    }
}
