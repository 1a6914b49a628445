using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.Database.Access;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Security;

public sealed class AccessDenialsTests
{
    private const int PerMinute = 60;
    private const string Route = "/api/public/plans";

    [Fact]
    public async Task Denial_OfSomebodyKnown_IsAuditedHoweverOftenStrangersFail()
    {
        await using var panel = await PanelServer.Start();
        using var stranger = await panel.Client();
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", BearerSecret.Create("mpk").Text);
        using var key = await panel.Client("orders.view");
        using var person = await panel.SignIn("orders.view");
        foreach (var some in Enumerable.Range(0, PerMinute + 10).Chunk(10))
        foreach (var answer in await Task.WhenAll(some.Select(_ => stranger.GetAsync(Route))))
            answer.Dispose();

        using var byKey = await key.GetAsync(Route);
        using var byPerson = await person.GetAsync("/admin/users");
        using var forged = await person.PostAsync("/account", new FormUrlEncodedContent([]));

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.BadRequest),
            (byKey.StatusCode, byPerson.StatusCode, forged.StatusCode)
        );
        await using var db = await panel.DataSource.OpenConnectionAsync();
        Assert.Equal(
            ["api_key access.forbidden", "user access.forbidden", "user access.forged"],
            await db.QueryAsync<string>(
                "select actor_kind || ' ' || action from audit_entries where action in ('access.forbidden', 'access.forged') order by id"
            )
        );
    }

    [Fact]
    public async Task Failures_BeyondTheLimitOfAnAddress_Get429AndAreNoLongerAudited()
    {
        await using var panel = await PanelServer.Start();
        using var stranger = await panel.Client();
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", BearerSecret.Create("mpk").Text);
        using var known = await panel.Client("plans:read");

        var allowed = new List<HttpResponseMessage>();
        // Not all at once: on a busy machine the database would answer some of them too late, and they'd get 503.
        foreach (var some in Enumerable.Range(0, PerMinute).Chunk(10))
            allowed.AddRange(await Task.WhenAll(some.Select(_ => stranger.GetAsync(Route))));
        using var refused = await stranger.GetAsync(Route);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => stranger.GetAsync(Route)));
        using var welcome = await known.GetAsync(Route);

        Assert.All(allowed, a => Assert.Equal(HttpStatusCode.Unauthorized, a.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("too_many_failures", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.Equal(TimeSpan.FromMinutes(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, welcome.StatusCode);
        await using var db = await panel.DataSource.OpenConnectionAsync();
        Assert.Equal(
            PerMinute,
            await db.ExecuteScalarAsync<int>("select count(*) from audit_entries where action = 'access.unauthenticated'")
        );
    }
}
