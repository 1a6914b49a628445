using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>Every page there is, and every form handler of it, from the running program itself.</summary>
[Collection(nameof(HostileWorld))]
public sealed partial class PageAttackTests(HostileWorld world)
{
    private const string Script = "<xss-mark onload=alert(1)>\"xss-q='xss-q' onfocus=alert(1)</script>";

    [Fact]
    public async Task EveryForm_WithoutItsOwnToken_IsRefusedAndChangesNothing()
    {
        var findings = new Findings();
        using var admin = await world.Panel.SignIn(world.Permissions);
        using var other = await world.Panel.SignIn("orders.view");
        var stranger = await other.AntiforgeryToken("/account/password");
        var handlers = await Handlers();
        Assert.NotEmpty(handlers);
        await world.Unchanged(
            "forged forms",
            findings,
            async () =>
            {
                foreach (var path in handlers)
                {
                    await Post(admin, path, "no token", null, null, findings);
                    await Post(admin, path, "another session's token", stranger, null, findings);
                    await Post(admin, path, "garbage for a token", "CfDJ8" + new string('A', 200), null, findings);
                    await Post(admin, path, "from another site", null, "https://evil.example", findings);
                    using var nobody = world.Panel.Pages();
                    await Post(nobody, path, "nobody", null, null, findings);
                }
            }
        );
        findings.AssertNone();
    }

    [Fact]
    public async Task Script_WrittenWhereverTextIsTaken_IsShownAsText()
    {
        var findings = new Findings();
        var taken = 0;
        var json = System.Text.Json.JsonSerializer.Serialize(Script);
        foreach (var route in world.Routes.Where(r => r.Body is not null))
        foreach (var (field, _) in world.Bodies.Fields(route).Where(f => f.Type == "string"))
            if (
                await world.Try(
                    route,
                    $"script in {field}",
                    await world.Request(route, world.KeyFor(route), HostileWorld.Json(world.Bodies.Spoiled(route, field, json))),
                    findings
                )
                is < 300
            )
                taken++;
        await SeedWhatNodesAndStripeSay();
        Assert.True(taken >= 8, $"only {taken} fields took it");

        using var admin = await world.Panel.SignIn(world.Permissions);
        var seen = await Crawl(admin, findings);
        Assert.True(seen >= 5, $"only {seen} pages show it");
        findings.AssertNone();
    }

    /// <summary>Node agents and Stripe write too: log lines, errors, names.</summary>
    private async Task SeedWhatNodesAndStripeSay()
    {
        var parameters = new { Script, world.Task };
        await world.World.Execute("update provisioning_tasks set last_error = @Script where id = @Task", parameters);
        await world.World.Execute(
            "update customers set name = @Script, company_name = @Script where id = (select max(id) from customers)",
            parameters
        );
        await world.World.Execute(
            "update products set name = @Script, description = @Script where id = (select max(id) from products)",
            parameters
        );
        await world.World.Execute("update users set display_name = @Script where id = (select min(id) from users)", parameters);
    }

    private async Task<int> Crawl(PagesClient browser, Findings findings)
    {
        var (queue, known, shown) = (
            new Queue<string>(Pages().Where(p => !p.Contains('{', StringComparison.Ordinal))),
            new HashSet<string>(),
            0
        );
        while (queue.TryDequeue(out var path) && known.Count < 400)
        {
            if (!known.Add(path) || path.StartsWith("/logout", StringComparison.Ordinal))
                continue;
            using var answer = await browser.GetAsync(path);
            var html = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode >= 500 && answer.StatusCode != HttpStatusCode.NotImplemented)
                findings.Add($"GET {path}", "crawl", (int)answer.StatusCode, "a failure of ours", html);
            if (answer.Content.Headers.ContentType?.MediaType != "text/html")
                continue;
            if (html.Contains("xss-mark", StringComparison.Ordinal))
                shown++;
            if (Raw().Match(html) is { Success: true } raw)
                findings.Add(
                    $"GET {path}",
                    "stored script",
                    (int)answer.StatusCode,
                    "shows it as markup",
                    html[Math.Max(0, raw.Index - 80)..]
                );
            foreach (Match link in Link().Matches(html))
                queue.Enqueue(WebUtility.HtmlDecode(link.Groups[1].Value));
        }
        return shown;
    }

    private async Task Post(PagesClient browser, string path, string attack, string? token, string? origin, Findings findings)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(token is null ? [] : [KeyValuePair.Create("__RequestVerificationToken", token)]),
        };
        request.Headers.Add("X-Forwarded-For", world.NextAddress());
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
        }
        using var answer = await browser.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        var toLogin =
            answer.StatusCode == HttpStatusCode.Redirect
            && answer.Headers.Location!.ToString().Contains("/login", StringComparison.Ordinal);
        if (
            !toLogin
            && Verdict.Of((int)answer.StatusCode, "", null, new HashSet<int> { 400, 401, 403, 404, 405 }, isApi: false) is { } wrong
        )
            findings.Add($"POST {path}", attack, (int)answer.StatusCode, wrong, body);
    }

    private IEnumerable<RouteEndpoint> PageEndpoints() =>
        world
            .Panel.Services.GetServices<EndpointDataSource>()
            .SelectMany(s => s.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null)
            .DistinctBy(e => e.RoutePattern.RawText);

    private IEnumerable<string> Pages() => PageEndpoints().Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'));

    /// <summary>Where each POST handler is posted to; the error page shows what came of others' forms and takes none.</summary>
    private async Task<List<string>> Handlers()
    {
        var loader = world.Panel.Services.GetRequiredService<PageLoader>();
        var paths = new List<string>();
        foreach (var endpoint in PageEndpoints())
        {
            var page = await loader.LoadAsync(endpoint.Metadata.GetMetadata<PageActionDescriptor>()!, EndpointMetadataCollection.Empty);
            var path = Parameter().Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), "1");
            paths.AddRange(
                page.HandlerMethods.Where(h => h.HttpMethod == "Post" && path != "/error")
                    .Select(h => h.Name is null ? path : $"{path}?handler={h.Name}")
            );
        }
        return paths;
    }

    /// <summary>The mark as a tag, or its quotes where they could end an attribute.</summary>
    [GeneratedRegex("""<xss-mark|["']xss-q""")]
    internal static partial Regex Raw();

    [GeneratedRegex("href=\"(/[^\"#]*)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
