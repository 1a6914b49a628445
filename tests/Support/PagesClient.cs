using System.Net;
using System.Text.RegularExpressions;

namespace MPanel.Tests.Support;

/// <summary>A browser of sorts on the pages' port: keeps cookies, follows no redirect, fills in forms.</summary>
public sealed partial class PagesClient : HttpClient
{
    private PagesClient(SocketsHttpHandler handler, Uri address)
        : base(handler)
    {
        BaseAddress = address;
        Cookies = handler.CookieContainer;
    }

    public CookieContainer Cookies { get; }

    /// <summary>Of the signed-in user.</summary>
    public string Email { get; set; } = "";

    /// <summary>Of the signed-in user.</summary>
    public long UserId { get; set; }

    public static PagesClient Open(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }, address);

    /// <summary>Posts a form as the page at this path would: with the antiforgery token that the page gives out.</summary>
    /// <param name="path">Where it is posted to, such as <c>/orders/ORD-1?handler=resume</c>.</param>
    /// <param name="page">The page that has the form, where it is not the same path without its handler.</param>
    public async Task<HttpResponseMessage> PostForm(
        string path,
        IEnumerable<KeyValuePair<string, string>>? fields = null,
        string? page = null
    )
    {
        var token = await AntiforgeryToken(page ?? Handler().Replace(path, ""));
        using var content = new FormUrlEncodedContent([.. fields ?? [], KeyValuePair.Create("__RequestVerificationToken", token)]);
        return await PostAsync(path, content);
    }

    public async Task<string> AntiforgeryToken(string page)
    {
        using var answer = await GetAsync(page);
        var html = await answer.Content.ReadAsStringAsync();
        var token = Token().Match(html);
        return token.Success
            ? WebUtility.HtmlDecode(token.Groups[1].Value)
            : throw new InvalidOperationException($"{page} answered {(int)answer.StatusCode} ({answer.Headers.Location}) and has no form.");
    }

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""")]
    private static partial Regex Token();

    [GeneratedRegex(@"(?<=[?&])handler=[^&]*&?")]
    private static partial Regex Handler();
}
