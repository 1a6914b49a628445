using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using MPanel.Database.Access;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Orders;

/// <summary>What hostile or broken callers of the intake get, and that nothing is written for them. One server for the whole class.</summary>
public sealed class OrderInputTests(OrderInputTests.Server server) : IClassFixture<OrderInputTests.Server>
{
    public sealed class Server : IAsyncLifetime
    {
        public PanelServer Panel { get; private set; } = null!;
        public OrderDesk Desk { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Panel = await PanelServer.Start(settings: new Dictionary<string, string?> { ["Http:SlowBodyGraceSeconds"] = "2" });
            Desk = await OrderDesk.Open(Panel);
        }

        public async ValueTask DisposeAsync() => await Panel.DisposeAsync();
    }

    private OrderDesk Desk => server.Desk;

    [Fact]
    public async Task Post_WithoutAKey_Returns401AndIsAudited() => await Refused(null, "no_key");

    [Fact]
    public async Task Post_WithAnUnknownKey_Returns401AndIsAudited() => await Refused(BearerSecret.Create("mpk").Text, "unknown_key");

    [Fact]
    public async Task Post_WithTheWrongSecretOfAKnownKey_Returns401AndIsAudited()
    {
        var known = Desk.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        await Refused(known[..^4] + (known.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"), "wrong_key");
    }

    [Fact]
    public async Task Post_WithARevokedKey_Returns401AndIsAudited()
    {
        await using var db = await server.Panel.DataSource.OpenConnectionAsync();
        var key = await ApiKeys.Create(db, "revoked", ["orders:write"], expiresAt: null);
        await db.ExecuteAsync("update api_keys set revoked_at = now() where name = 'revoked'");

        await Refused(key, "revoked_or_expired_key");
    }

    [Fact]
    public async Task Post_WithAnExpiredKey_Returns401AndIsAudited()
    {
        await using var db = await server.Panel.DataSource.OpenConnectionAsync();
        var key = await ApiKeys.Create(db, "expired", ["orders:write"], DateTimeOffset.UtcNow.AddSeconds(-1));

        await Refused(key, "revoked_or_expired_key");
    }

    [Theory]
    [InlineData("not-a-key")]
    [InlineData("mpk__")]
    [InlineData("mpk_000000000000_")]
    public async Task Post_WithGarbageForAKey_Returns401(string key) => await Refused(key, "unknown_key");

    [Fact]
    public async Task Post_WithAKeyThatLacksTheScope_Returns403AndIsAudited()
    {
        using var client = await server.Panel.Client("plans:read");

        using var answer = await client.PostAsJsonAsync(OrderDesk.Route, Valid());

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("forbidden", (await Problem(answer))["code"]!.GetValue<string>());
        Assert.Equal(
            1,
            await Desk.Count("select count(*) from audit_entries where action = 'access.forbidden' and actor_name = 'test plans:read'")
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"items\": \"none\"}")]
    [InlineData("{\"items\": [1]}")]
    [InlineData("{\"items\": [{\"qty\": \"many\"}]}")]
    [InlineData("{\"customerName\": \"a\", \"customerName\": \"b\"}")]
    [InlineData("{\"customerName\": \"\\ud800\"}")]
    [InlineData("{\"customerName\": 1e400}")]
    public async Task Post_OfMalformedJson_Returns400(string body)
    {
        using var answer = await Desk.PostText(body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains((await Problem(answer))["code"]!.GetValue<string>(), new[] { "malformed_json", "malformed_request" });
    }

    [Fact]
    public async Task Post_OfDeepJson_Returns400()
    {
        using var answer = await Desk.PostText("{\"x\":" + new string('[', 5000) + new string(']', 5000) + "}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Post_OfInvalidUtf8_Returns400()
    {
        using var content = new ByteArrayContent([.. "{\"customerName\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var answer = await Desk.Http.PostAsync(OrderDesk.Route, content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Post_OfAnotherContentType_Returns415(string contentType)
    {
        using var answer = await Desk.PostText(JsonSerializer.Serialize(Valid()), contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("unsupported_media_type", (await Problem(answer))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Post_OfMoreThan64KiB_Returns413()
    {
        using var answer = await Desk.PostText("{\"customerName\":\"" + new string('x', 65 * 1024) + "\"}");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("body_too_large", (await Problem(answer))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Post_OfABodyThatNeverComes_Returns408()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", server.Panel.ApiAddress.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {OrderDesk.Route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
                    + $"Authorization: {Desk.Http.DefaultRequestHeaders.Authorization}\r\n\r\n{{"
            )
        );

        using var reader = new StreamReader(stream, Encoding.ASCII);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var status = await reader.ReadLineAsync(bound.Token);

        Assert.Equal("HTTP/1.1 408 Request Timeout", status);
    }

    [Fact]
    public async Task Post_WithEveryFieldWrong_NamesThemAllAtOnce()
    {
        using var answer = await Desk.Post(
            new
            {
                stripePaymentIntentId = "pi_../../x",
                customerEmail = "nobody",
                customerName = new string('x', 10_000),
                items = new object[]
                {
                    new
                    {
                        productSlug = "Starter!",
                        qty = 0,
                        unitPrice = 29.888,
                        billingPeriod = "weekly",
                    },
                    new
                    {
                        productSlug = "starter",
                        qty = 1000,
                        unitPrice = -1,
                        billingPeriod = "month",
                    },
                },
                primaryDomain = "localhost",
            }
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await Problem(answer);
        Assert.Equal("validation_failed", problem["code"]!.GetValue<string>());
        Assert.Equal(
            [
                "stripePaymentIntentId",
                "customerEmail",
                "customerName",
                "primaryDomain",
                "items[0].productSlug",
                "items[0].qty",
                "items[0].unitPrice",
                "items[0].billingPeriod",
                "items[1].qty",
                "items[1].unitPrice",
            ],
            problem["errors"]!.AsArray().Select(e => e!["path"]!.GetValue<string>())
        );
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("..")]
    [InlineData("exam\u200Bple.com")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com")]
    public async Task Post_ForAHostileDomain_Returns400AndWritesNothing(string domain)
    {
        var before = await Desk.Count("select count(*) from order_intakes");

        using var answer = await Desk.Post(OrderDesk.Example(OrderDesk.NewPaymentIntent(), domain));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("primaryDomain", (await Problem(answer))["errors"]![0]!["path"]!.GetValue<string>());
        Assert.Equal(before, await Desk.Count("select count(*) from order_intakes"));
    }

    [Fact]
    public async Task Post_ForAnIdnDomain_StoresPunycode()
    {
        using var answer = await Desk.Post(OrderDesk.Example(OrderDesk.NewPaymentIntent(), "bücher.example"));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(1, await Desk.Count("select count(*) from order_intakes where body ->> 'primaryDomain' = 'xn--bcher-kva.example'"));
    }

    [Fact]
    public async Task Post_WhileStripeIsDown_IsTakenInAndWaitsVisibly()
    {
        var reference = await Desk.Place(OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain()));

        var order = await Desk.UntilReason(reference, "stripe_unreachable");

        Assert.Equal("processing", order.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Get_OfAnUnknownOrder_Returns404()
    {
        using var answer = await Desk.Http.GetAsync("/api/public/orders/ORD-999999");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("not_found", (await Problem(answer))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Get_OfPlans_ListsEveryProductWithItsPrices()
    {
        var plans = await Desk.Http.GetFromJsonAsync<JsonElement>("/api/public/plans");

        var starter = plans.GetProperty("items").EnumerateArray().Single(p => p.GetProperty("productSlug").GetString() == "starter");
        Assert.Equal(7, plans.GetProperty("total").GetInt64());
        Assert.Equal(
            [("month", 3.49m), ("year", 29.88m)],
            starter
                .GetProperty("prices")
                .EnumerateArray()
                .Select(p => (p.GetProperty("billingPeriod").GetString()!, p.GetProperty("unitPrice").GetDecimal()))
        );
    }

    [Theory]
    [InlineData("/api/admin/orders?status=odd", "status")]
    [InlineData("/api/admin/orders?pageSize=0", "pageSize")]
    [InlineData("/api/admin/orders?pageSize=100000", "pageSize")]
    [InlineData("/api/admin/orders?cursor='%20or%201=1", "cursor")]
    [InlineData("/api/admin/jobs?state=odd", "state")]
    [InlineData("/api/admin/jobs?cursor=-1", "cursor")]
    public async Task Get_OfAListWithAWrongQuery_Returns400(string url, string field)
    {
        using var answer = await Desk.Http.GetAsync(url);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await Problem(answer))["errors"]![0]!["path"]!.GetValue<string>());
    }

    private async Task Refused(string? key, string reason)
    {
        using var client = new HttpClient { BaseAddress = server.Panel.ApiAddress };
        client.DefaultRequestHeaders.Add("X-Correlation-Id", Guid.NewGuid().ToString("N"));
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);

        using var answer = await client.PostAsJsonAsync(OrderDesk.Route, Valid());

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var problem = await Problem(answer);
        Assert.Equal("unauthenticated", problem["code"]!.GetValue<string>());
        Assert.Equal(
            1,
            await Desk.Count(
                "select count(*) from audit_entries where action = 'access.unauthenticated' and after ->> 'reason' = @reason and correlation_id = @id",
                new { reason, id = problem["correlationId"]!.GetValue<string>() }
            )
        );
    }

    private static object Valid() => OrderDesk.Example(OrderDesk.NewPaymentIntent(), OrderDesk.NewDomain());

    private static async Task<JsonNode> Problem(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
