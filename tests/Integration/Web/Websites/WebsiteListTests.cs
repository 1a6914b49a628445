using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Websites;

/// <summary>The list of websites, and with it what every list of the panel promises.</summary>
public sealed class WebsiteListTests(WebsiteListTests.Filled panel) : IClassFixture<WebsiteListTests.Filled>
{
    private const string Path = "/api/admin/websites";

    /// <summary>40 websites, many of them created in the same second, with domains that try to break the list.</summary>
    public sealed class Filled : IAsyncLifetime
    {
        public PanelServer Server { get; private set; } = null!;
        public ProvisioningWorld World { get; private set; } = null!;
        public HttpClient Client { get; private set; } = null!;
        public long Customer { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Server = await PanelServer.Start();
            World = ProvisioningWorld.Of(Server);
            Client = await Server.Client("websites.view");
            var server = await World.Server("list-1");
            Customer = await World.Scalar<long>(
                """
                insert into customers (email, normalized_email, name) values ('evil@example.net', 'evil@example.net', '=HYPERLINK("http://x")')
                returning id
                """
            );
            await World.Execute(
                """
                insert into websites (customer_id, domain, server_id, plan, status, created_at)
                select @Customer, 'site-' || n || '.example', case when n % 3 = 0 then @server end, 'starter',
                       case when n % 10 = 0 then 'removed' when n % 3 = 0 then 'active' else 'pending' end,
                       timestamptz '2026-01-01 00:00:00.123456+00' + make_interval(secs => n / 8)
                from generate_series(1, 40) n
                """,
                new { Customer, server }
            );
            await World.Execute(
                "insert into websites (customer_id, domain, plan) values (@Customer, 'under_score.example', 'starter')",
                new { Customer }
            );
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("domain", "domain, id")]
    [InlineData("-domain", "domain desc, id desc")]
    [InlineData("created", "created_at, id")]
    [InlineData("-created", "created_at desc, id desc")]
    public async Task List_WalkedBothWays_ShowsEveryRowOnce(string sort, string order)
    {
        var expected = await Ids($"where status <> 'removed' order by {order}");
        var walk = new ListWalk(panel.Client, Path);

        var (forward, back) = await walk.Follow($"sort={sort}&pageSize=7");
        var (backward, _) = await walk.Follow($"sort={sort}&pageSize=7", "previous", back);

        Assert.Equal(6, forward.Count);
        Assert.Equal(expected, forward.SelectMany(p => p));
        // All but the last page of the way there, each in its own order.
        Assert.Equal(forward.SkipLast(1).Reverse(), backward);
    }

    [Fact]
    public async Task List_WhileRowsComeAndGo_NeitherRepeatsNorHides()
    {
        var domains = new[] { "mid-a.example", "mid-b.example" };
        await Insert("aaa-first.example");
        var first = await Get("sort=domain&pageSize=5&q=.example");
        await panel.World.Execute("delete from websites where domain = 'aaa-first.example'");
        await Insert(domains[0]);
        var second = await Get($"sort=domain&pageSize=200&q=.example&cursor={first.GetProperty("next").GetString()}");
        await panel.World.Execute("delete from websites where domain = any(@domains)", new { domains });

        var seen = Domains(first).Concat(Domains(second)).ToList();
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty((await panel.World.Strings("select domain from websites where status <> 'removed'")).Except(seen));
    }

    [Fact]
    public async Task List_ByFilters_ShowsWhatFits()
    {
        Assert.All(Items(await Get("status=active&pageSize=200")), w => Assert.Equal("active", w.GetProperty("status").GetString()));
        Assert.Equal(4, Items(await Get("status=removed")).Count);
        Assert.Equal(await Ids("where server_id is not null and status <> 'removed' order by id"), OrderedIds(await Get("server=list-1")));
        Assert.Equal(37, Items(await Get($"customer={panel.Customer}")).Count);
        Assert.Empty(Items(await Get("customer=9223372036854775807")));
        Assert.Empty(Items(await Get("server=nowhere")));
        Assert.Equal(["site-7.example"], Domains(await Get("q=ITE-7.")));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("s_te")]
    [InlineData("site%7")]
    [InlineData("\\")]
    [InlineData("' or 1=1 --")]
    public async Task List_SearchedForWildcards_TakesThemLiterally(string q) =>
        Assert.Empty(Items(await Get($"q={Uri.EscapeDataString(q)}")));

    [Fact]
    public async Task List_SearchedForAnUnderscore_FindsIt() => Assert.Equal(["under_score.example"], Domains(await Get("q=r_s")));

    [Theory]
    [InlineData("q=%00", "q")]
    [InlineData("q=a&q=b", "q")]
    [InlineData("sort=server", "sort")]
    [InlineData("sort=domain&sort=created", "sort")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=201", "pageSize")]
    [InlineData("pageSize=10%00", "pageSize")]
    [InlineData("status=gone", "status")]
    [InlineData("status=active&status=pending", "status")]
    [InlineData("server=%00", "server")]
    [InlineData("customer=-1", "customer")]
    [InlineData("customer=1%00", "customer")]
    [InlineData("customer=1e3", "customer")]
    [InlineData("cursor=zzz", "cursor")]
    [InlineData("cursor=%00", "cursor")]
    public async Task List_AskedForWhatItHasNot_Answers400AndNamesIt(string query, string path)
    {
        using var answer = await panel.Client.GetAsync($"{Path}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("validation_failed", problem.GetProperty("code").GetString());
        Assert.Equal([path], problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()!));
    }

    [Fact]
    public async Task List_SearchedForTooMuch_Answers400()
    {
        using var answer = await panel.Client.GetAsync($"{Path}?q={new string('x', 6_000)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("domain", """["created","a",1,false]""")]
    [InlineData("domain", """["domain","a\u0000",1,false]""")]
    [InlineData("domain", """["domain","a","1",false]""")]
    [InlineData("created", """["created","yesterday",1,false]""")]
    [InlineData("created", """["created","infinity",1,false]""")]
    [InlineData("created", """["created","2026-01-01 00:00:00+00\u0000",1,false]""")]
    public async Task List_WithAForgedCursor_Answers400(string sort, string cursor)
    {
        using var answer = await panel.Client.GetAsync(
            $"{Path}?sort={sort}&cursor={Base64Url.EncodeToString(Encoding.UTF8.GetBytes(cursor))}"
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    // What can't be told from a cursor of the panel's own is only another place in the list.
    [Theory]
    [InlineData("domain", """["domain","",-9223372036854775808,false]""", 37)]
    [InlineData("domain", """["domain","\uffff';--",0,true]""", 37)]
    [InlineData("created", """["created","0001-01-01 00:00:00+00",0,false]""", 37)]
    [InlineData("created", """["created","9999-12-31 23:59:59.999999+00",0,false]""", 0)]
    public async Task List_WithAPlausibleCursor_AnswersFromThere(string sort, string cursor, int count)
    {
        var page = await Get($"sort={sort}&pageSize=200&cursor={Base64Url.EncodeToString(Encoding.UTF8.GetBytes(cursor))}");

        Assert.Equal(count, Items(page).Count);
    }

    [Fact]
    public async Task List_CountsExactly_UpToItsBound()
    {
        var page = await Get("pageSize=1");

        Assert.Equal((37, true), (page.GetProperty("total").GetInt64(), page.GetProperty("totalIsExact").GetBoolean()));
    }

    [Fact]
    public async Task List_WithoutThePermission_Answers403()
    {
        using var client = await panel.Server.Client("orders.view");
        using var answer = await client.GetAsync(Path);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Page_ShowsTheRows_WithLinksThatGoOn()
    {
        using var pages = await panel.Server.SignIn("websites.view");

        var html = await pages.GetStringAsync("/websites?pageSize=5&status=pending");
        var next = WebUtility.HtmlDecode(
            System.Text.RegularExpressions.Regex.Match(html, "rel=\"next\" href=\"([^\"]+)\"").Groups[1].Value
        );
        var second = await pages.GetStringAsync(next);

        Assert.Contains("site-1.example", html, StringComparison.Ordinal);
        Assert.Contains("pageSize=5", next, StringComparison.Ordinal);
        Assert.Contains("status=pending", next, StringComparison.Ordinal);
        Assert.Contains("rel=\"prev\"", second, StringComparison.Ordinal);
        Assert.DoesNotContain("site-1.example<", second, StringComparison.Ordinal);
        // The customer's name is a formula, and text here.
        Assert.Contains("=HYPERLINK(&quot;http://x&quot;)", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?sort=password", "sort")]
    [InlineData("?cursor=forged", "cursor")]
    [InlineData("?status=gone&pageSize=abc", "pageSize")]
    [InlineData("?q=%00", "q")]
    [InlineData("?q=a&q=b", "q")]
    public async Task Page_AskedForWhatItHasNot_GoesOnAndSaysSo(string query, string path)
    {
        using var pages = await panel.Server.SignIn("websites.view");

        var html = await pages.GetStringAsync($"/websites{query}");

        Assert.Contains("so it was left out", html, StringComparison.Ordinal);
        Assert.Contains($"<code>{path}</code>", html, StringComparison.Ordinal);
        Assert.Contains("site-1.example", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_BehindTheEnd_LeadsBackInsteadOfSayingThereIsNothing()
    {
        using var pages = await panel.Server.SignIn("websites.view");
        var cursor = Base64Url.EncodeToString("""["domain","zzzz",1,false]"""u8);

        var html = await pages.GetStringAsync($"/websites?cursor={cursor}");

        Assert.Contains("No further websites", html, StringComparison.Ordinal);
        Assert.DoesNotContain("No websites yet", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_HasEveryRowOfTheFilter_AndNoFormula()
    {
        using var pages = await panel.Server.SignIn("websites.view");

        using var answer = await pages.GetAsync("/websites?handler=Csv&status=active&sort=-domain&pageSize=1");
        var lines = (await answer.Content.ReadAsStringAsync()).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("websites.csv", answer.Content.Headers.ContentDisposition?.ToString(), StringComparison.Ordinal);
        Assert.Equal(await panel.World.Scalar<int>("select count(*) + 1 from websites where status = 'active'"), lines.Length);
        Assert.StartsWith("Domain,Status,Plan", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), l => Assert.DoesNotMatch("(^|,)\"?[=+@-]", l));
    }

    [Fact]
    public async Task Page_OfAnEmptyList_SaysWhatToDo()
    {
        await using var empty = await PanelServer.Start();
        using var pages = await empty.SignIn("websites.view");

        Assert.Contains("No websites yet", await pages.GetStringAsync("/websites"), StringComparison.Ordinal);
        Assert.Contains("No websites match", await pages.GetStringAsync("/websites?q=x"), StringComparison.Ordinal);
    }

    private async Task<JsonElement> Get(string query) => await panel.Client.GetFromJsonAsync<JsonElement>($"{Path}?{query}");

    private static List<JsonElement> Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];

    private static IEnumerable<string> Domains(JsonElement page) => Items(page).Select(w => w.GetProperty("domain").GetString()!);

    private static IEnumerable<long> OrderedIds(JsonElement page) => Items(page).Select(w => w.GetProperty("id").GetInt64()).Order();

    private Task Insert(string domain) =>
        panel.World.Execute(
            "insert into websites (customer_id, domain, plan) values (@Customer, @domain, 'starter')",
            new { panel.Customer, domain }
        );

    private async Task<long[]> Ids(string rest) =>
        [.. (await panel.World.Strings($"select id::text as key from websites {rest}")).Select(long.Parse)];
}
