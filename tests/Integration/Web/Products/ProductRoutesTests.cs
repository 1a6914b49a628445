using System.Net;
using System.Net.Http.Json;
using MPanel.Jobs.Provisioning;
using MPanel.Tests.Integration.Web.Invoices;

namespace MPanel.Tests.Integration.Web.Products;

public sealed class ProductRoutesTests : IAsyncLifetime
{
    private const string Products = "/api/admin/products";

    private BillingWorld _world = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start();
        _client = await _world.Panel.Client("products.view", "products.manage");
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task List_OfANewPanel_HasWhatItStartsWithInOrderOfCode()
    {
        var page = await _client.Json(Products);

        Assert.Equal(
            ["business", "daily-backups-30d", "domain-registration", "professional-mail", "ssl-wildcard", "starter", "wp-growth"],
            page.Items("code")
        );
        var starter = page.GetProperty("items").EnumerateArray().Single(p => p.GetProperty("code").GetString() == "starter");
        Assert.Equal(
            [("month", 3.49m), ("year", 29.88m)],
            starter
                .GetProperty("prices")
                .EnumerateArray()
                .Select(p => (p.GetProperty("billingPeriod").GetString()!, p.GetProperty("amount").GetDecimal()))
        );
    }

    [Fact]
    public async Task List_ByFilters_HasThoseOnly()
    {
        await _client.PatchAsJsonAsync($"{Products}/starter", new { version = 1, active = false });

        Assert.Equal(["starter"], (await _client.Json($"{Products}?active=no")).Items("code"));
        Assert.Equal(["domain-registration"], (await _client.Json($"{Products}?provisions=none")).Items("code"));
        Assert.Equal(["wp-growth"], (await _client.Json($"{Products}?q=wordPRESS")).Items("code"));
    }

    [Fact]
    public async Task Create_OfAProductWithPrices_IsOnSaleAtOnce()
    {
        using var answer = await _client.PostAsJsonAsync(
            Products,
            new
            {
                code = "pro-1",
                name = "Pro",
                description = "More of everything",
                provisions = "hosting",
                serverRole = "web",
                serverTags = new[] { "ssd", "eu", "ssd" },
                prices = new object[]
                {
                    new
                    {
                        billingPeriod = "month",
                        currency = "usd",
                        amount = 9.5,
                    },
                    new
                    {
                        billingPeriod = "month",
                        currency = "JPY",
                        amount = 1500,
                    },
                },
            }
        );

        var created = await answer.Json(HttpStatusCode.Created);
        Assert.Equal(["ssd", "eu"], created.GetProperty("serverTags").EnumerateArray().Select(t => t.GetString()));
        using var marketing = await _world.Panel.Client("plans:read");
        var plan = (await marketing.Json("/api/public/plans"))
            .GetProperty("items")
            .EnumerateArray()
            .Single(p => p.GetProperty("productSlug").GetString() == "pro-1");
        Assert.Equal(2, plan.GetProperty("prices").GetArrayLength());
        Assert.Equal(
            1,
            await _world.One("select count(*) from audit_entries where action = 'product.created' and subject = 'product pro-1'")
        );
    }

    [Fact]
    public async Task Create_OfABadProduct_NamesEveryFaultAndCreatesNothing()
    {
        var before = await _world.One("select count(*) from products");

        using var answer = await _client.PostAsJsonAsync(
            Products,
            new
            {
                code = "Not A Code",
                name = "",
                description = "a\nb",
                provisions = "magic",
                serverRole = "cellar",
                serverTags = new[] { "A B" },
                prices = new object?[]
                {
                    new
                    {
                        billingPeriod = "week",
                        currency = "USD",
                        amount = 1,
                    },
                    new
                    {
                        billingPeriod = "month",
                        currency = "US",
                        amount = 1,
                    },
                    new
                    {
                        billingPeriod = "month",
                        currency = "USD",
                        amount = 1.999,
                    },
                    new
                    {
                        billingPeriod = "month",
                        currency = "JPY",
                        amount = 1.5,
                    },
                    new
                    {
                        billingPeriod = "month",
                        currency = "EUR",
                        amount = -1,
                    },
                    null,
                },
            }
        );

        Assert.Equal(
            [
                "code: invalid_code",
                "name: invalid_name",
                "description: invalid_description",
                "provisions: invalid_provisions",
                "serverRole: invalid_server_role",
                "serverTags: invalid_server_tags",
                "prices[0].billingPeriod: invalid_billing_period",
                "prices[1].currency: invalid_currency",
                "prices[2].amount: invalid_amount",
                "prices[3].amount: invalid_amount",
                "prices[4].amount: invalid_amount",
                "prices[5].billingPeriod: invalid_billing_period",
                "prices[5].currency: invalid_currency",
            ],
            (await answer.Json(HttpStatusCode.BadRequest)).Faults()
        );
        Assert.Equal(before, await _world.One("select count(*) from products"));
    }

    [Theory]
    [InlineData("starter", "code: code_taken")]
    [InlineData("new", "code: reserved_code")]
    public async Task Create_WithACodeThatCanNotBe_SaysSo(string code, string fault)
    {
        using var answer = await _client.PostAsJsonAsync(
            Products,
            new
            {
                code,
                name = "X",
                provisions = "none",
            }
        );

        Assert.Equal([fault], (await answer.Json(HttpStatusCode.BadRequest)).Faults());
    }

    [Theory]
    [InlineData("none", "web")]
    [InlineData("mail", "cellar")]
    public async Task Create_WhereServerAndWorkDisagree_IsRefusedBeforeTheDatabaseIsAsked(string provisions, string? serverRole)
    {
        using var answer = await _client.PostAsJsonAsync(
            Products,
            new
            {
                code = "x",
                name = "X",
                provisions,
                serverRole,
            }
        );

        Assert.Equal(["serverRole: invalid_server_role"], (await answer.Json(HttpStatusCode.BadRequest)).Faults());
    }

    [Fact]
    public async Task Create_WithoutAServerRole_TakesTheOneOfItsKind()
    {
        using var answer = await _client.PostAsJsonAsync(
            Products,
            new
            {
                code = "roleless",
                name = "X",
                provisions = "mail",
            }
        );

        Assert.Equal(TaskKinds.Find("mail")!.ServerRole, (await answer.Json(HttpStatusCode.Created)).GetProperty("serverRole").GetString());
    }

    [Fact]
    public async Task Change_OfAPrice_LeavesSoldSubscriptionsAndOtherPrices()
    {
        var (subscription, _) = await _world.Sale(await _world.Customer("Anna"), 29.88m);

        using var answer = await _client.PatchAsJsonAsync(
            $"{Products}/starter",
            new
            {
                version = 1,
                prices = new object[]
                {
                    new
                    {
                        billingPeriod = "year",
                        currency = "USD",
                        amount = 49,
                    },
                    new
                    {
                        billingPeriod = "month",
                        currency = "USD",
                        amount = 3.49,
                        active = false,
                    },
                },
            }
        );

        var changed = await answer.Json(HttpStatusCode.OK);
        Assert.Equal(
            [("month", 3.49m, false), ("year", 49m, true)],
            changed
                .GetProperty("prices")
                .EnumerateArray()
                .Select(p =>
                    (
                        p.GetProperty("billingPeriod").GetString()!,
                        p.GetProperty("amount").GetDecimal(),
                        p.GetProperty("active").GetBoolean()
                    )
                )
        );
        Assert.Equal(1, changed.GetProperty("subscriptions").GetInt64());
        Assert.Equal(
            1,
            await _world.One("select count(*) from subscriptions where id = @subscription and unit_price = 29.88", new { subscription })
        );
        Assert.Equal(
            "29.880 49",
            await _world.Text(
                """
                select (before -> 'prices' -> 1 ->> 'amount') || ' ' || (after -> 'prices' -> 1 ->> 'amount')::numeric::integer
                from audit_entries where action = 'product.changed'
                """
            )
        );
    }

    [Fact]
    public async Task Change_OfAnOlderVersion_Returns409AndChangesNoPrice()
    {
        await _client.PatchAsJsonAsync($"{Products}/starter", new { version = 1, name = "Start" });

        using var answer = await _client.PatchAsJsonAsync(
            $"{Products}/starter",
            new
            {
                version = 1,
                prices = new[]
                {
                    new
                    {
                        billingPeriod = "year",
                        currency = "USD",
                        amount = 1,
                    },
                },
            }
        );

        Assert.Equal("conflict", (await answer.Json(HttpStatusCode.Conflict)).GetProperty("code").GetString());
        Assert.Equal(0, await _world.One("select count(*) from product_prices where amount = 1"));
    }

    [Fact]
    public async Task Change_OfTheCode_IsRefused()
    {
        using var answer = await _client.PatchAsJsonAsync($"{Products}/starter", new { version = 1, code = "beginner" });

        Assert.Equal(["code: code_never_changes"], (await answer.Json(HttpStatusCode.BadRequest)).Faults());
    }

    [Fact]
    public async Task Change_ToNothingToProvision_LosesItsServer()
    {
        using var answer = await _client.PatchAsJsonAsync($"{Products}/starter", new { version = 1, provisions = "none" });

        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await answer.Json(HttpStatusCode.OK)).GetProperty("serverRole").ValueKind);
    }

    [Fact]
    public async Task One_ByCodeOrId_IsTheSame()
    {
        var starter = await _client.Json($"{Products}/starter");

        Assert.Equal("starter", (await _client.Json($"{Products}/{starter.GetProperty("id")}")).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"{Products}/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.PatchAsJsonAsync($"{Products}/nothing", new { version = 1 })).StatusCode);
    }

    [Fact]
    public async Task AnyRoute_WithoutItsPermission_Returns403()
    {
        using var viewer = await _world.Panel.Client("products.view");
        using var other = await _world.Panel.Client("orders.view");

        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(Products)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync($"{Products}/starter")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync(Products, new { code = "x" })).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await viewer.PatchAsJsonAsync($"{Products}/starter", new { version = 1, name = "x" })).StatusCode
        );
        Assert.Equal("Starter hosting", await _world.Text("select name from products where code = 'starter'"));
    }
}
