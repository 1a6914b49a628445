using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.Integration.Web.Invoices;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Products;

public sealed class PlanLimitsTests : IAsyncLifetime
{
    private const string Starter = "/api/admin/products/starter";

    private BillingWorld _world = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start();
        _client = await _world.Panel.Client("products.view", "products.manage");
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Change_OfOneLimit_LeavesTheOthers_AndReachesItsWebsites()
    {
        var website = await Website();

        using var answer = await _client.PatchAsJsonAsync(Starter, new { version = 1, limits = new { diskMb = 6000 } });
        var product = await answer.Content.ReadFromJsonAsync<JsonElement>();
        await Wait.Until(
            async () => await _world.Text("select spec -> 'limits' ->> 'diskMb' from placements") == "6000",
            "the website to hear of its new limit"
        );

        Assert.Equal(
            (6000, 200000, 32, 1),
            (
                product.GetProperty("limits").GetProperty("diskMb").GetInt32(),
                product.GetProperty("limits").GetProperty("inodes").GetInt32(),
                product.GetProperty("limits").GetProperty("uploadMb").GetInt32(),
                product.GetProperty("websites").GetInt32()
            )
        );
        Assert.Equal(2, await _world.One("select revision from placements where subject_id = @website", new { website }));
        Assert.Equal(
            "5000 6000",
            await _world.Text(
                "select (before -> 'limits' ->> 'diskMb') || ' ' || (after -> 'limits' ->> 'diskMb') from audit_entries where action = 'product.changed'"
            )
        );
    }

    [Fact]
    public async Task Change_OfNoLimit_AsksNothingOfTheWebsites()
    {
        using var answer = await _client.PatchAsJsonAsync(
            Starter,
            new
            {
                version = 1,
                name = "Start",
                limits = new { diskMb = 5000 },
            }
        );

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await _world.One("select count(*) from outbox where kind = 'plan.limits'"));
    }

    [Theory]
    [InlineData("diskMb", 0)]
    [InlineData("diskMb", 100_000_001)]
    [InlineData("inodes", 0)]
    [InlineData("inodes", 2_000_000_001)]
    [InlineData("uploadMb", 10_241)]
    [InlineData("phpWorkers", -1)]
    [InlineData("phpMemoryMb", 15)]
    [InlineData("trafficGb", 0)]
    [InlineData("cronJobs", -1)]
    public async Task Change_BeyondARange_Answers400AndNamesTheLimit(string limit, int value)
    {
        using var answer = await _client.PatchAsJsonAsync(
            Starter,
            new { version = 1, limits = new Dictionary<string, int> { [limit] = value } }
        );
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([$"limits.{limit}"], problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("path").GetString()!));
        Assert.Equal(1, await _world.One("select version from products where code = 'starter'"));
    }

    [Fact]
    public async Task Create_WithLimits_HasThemAndDefaultsForTheOthers()
    {
        using var answer = await _client.PostAsJsonAsync(
            "/api/admin/products",
            new
            {
                code = "big",
                name = "Big",
                provisions = "hosting",
                limits = new { diskMb = 90000, cronJobs = 0 },
            }
        );

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(
            "90000 200000 64 4 256 100 0",
            await _world.Text(
                "select concat_ws(' ', disk_mb, inodes, upload_mb, php_workers, php_memory_mb, traffic_gb, cron_jobs) from products where code = 'big'"
            )
        );
    }

    [Fact]
    public async Task Form_SaysHowManyWebsitesChange_AndKeepsWhatWasTyped()
    {
        await Website();
        using var pages = await _world.Panel.SignIn("products.view", "products.manage");
        var form = new Dictionary<string, string>
        {
            ["version"] = "1",
            ["Input.Name"] = "Starter hosting",
            ["Input.Provisions"] = "hosting",
            ["Input.ServerRole"] = "web",
            ["Input.Limits.diskMb"] = "lots",
            ["Input.Limits.inodes"] = "",
        };

        var html = await pages.GetStringAsync("/products/starter/edit");
        using var wrong = await pages.PostForm("/products/starter/edit", form);
        var refused = await wrong.Content.ReadAsStringAsync();
        form["Input.Limits.diskMb"] = "7000";
        form["Input.Limits.inodes"] = "300000";
        using var right = await pages.PostForm("/products/starter/edit", form);
        var page = await pages.GetStringAsync("/products/starter");

        Assert.Contains("1 website(s) have this plan", html, StringComparison.Ordinal);
        Assert.Contains("value=\"5000\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"lots\"", refused, StringComparison.Ordinal);
        Assert.Contains("Must be a whole number from 1 to 100,000,000.", refused, StringComparison.Ordinal);
        Assert.Contains("Must be a whole number from 1 to 2,000,000,000.", refused, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.Contains("1 website(s) get the new limits", page, StringComparison.Ordinal);
        Assert.Contains("7,000 MiB", page, StringComparison.Ordinal);
    }

    private async Task<long> Website()
    {
        var customer = await _world.Customer("Anna");
        return await _world.One(
            """
            with site as (insert into websites (customer_id, domain, plan) values (@customer, 'limits.example', 'starter') returning id)
            insert into placements (kind, subject_id, spec) select 'hosting', id, '{"limits": {}}' from site returning subject_id
            """,
            new { customer }
        );
    }
}
