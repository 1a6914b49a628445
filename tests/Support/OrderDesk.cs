using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapper;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Tests.Support;

/// <summary>Places orders like the marketing API, and watches what becomes of them.</summary>
public sealed class OrderDesk(PanelServer panel, HttpClient client)
{
    public const string Route = "/api/public/orders/stripe-completed";

    /// <summary>Total of <see cref="Example"/>, minor units.</summary>
    public const long ExampleTotal = 4582;

    /// <summary>Those that the panel knows when nothing else is set.</summary>
    public static PublicSuffixes Suffixes { get; } = PublicSuffixes.Load(new DomainOptions().PublicSuffixList);

    public static string NewPaymentIntent() => $"pi_{Guid.NewGuid():N}";

    public static string NewDomain() => $"site-{Guid.NewGuid().ToString("N")[..12]}.example";

    public static async Task<OrderDesk> Open(PanelServer panel) =>
        new(
            panel,
            await panel.Client("orders:write", "orders:read", "plans:read", "orders.view", "orders.manage", "jobs.view", "jobs.manage")
        );

    public HttpClient Http => client;

    /// <summary>Three products on one domain: two hosting, one backup; 45.82 USD.</summary>
    public static object Example(string paymentIntent, string domain, string email = "client@example.com") =>
        new
        {
            stripePaymentIntentId = paymentIntent,
            customerEmail = email,
            customerName = "Client Name",
            items = new object[]
            {
                new
                {
                    productSlug = "starter",
                    qty = 1,
                    unitPrice = 29.88,
                    billingPeriod = "year",
                },
                new
                {
                    productSlug = "wp-growth",
                    qty = 1,
                    unitPrice = 10.95,
                    billingPeriod = "month",
                },
                new
                {
                    productSlug = "daily-backups-30d",
                    qty = 1,
                    unitPrice = 4.99,
                    billingPeriod = "month",
                },
            },
            primaryDomain = domain,
        };

    /// <summary>What a payment's metadata must name under <c>mpanel_order</c>; null for what is no order.</summary>
    /// <param name="json">Body of the order.</param>
    public static string? Binding(string json) =>
        JsonSerializer.Deserialize<OrderRequest>(json, JsonSerializerOptions.Web) is { } request
            ? OrderRules.CheckUnpaid(request, "USD", Suffixes).Value is { } order
                ? OrderDigest.Binding(order)
                : null
            : null;

    /// <summary>As a shop does: the payment names its order, unless it names one already.</summary>
    public async Task<HttpResponseMessage> Post(object body)
    {
        var json = JsonSerializer.Serialize(body, JsonSerializerOptions.Web);
        if (panel.Stripe is { } stripe)
            await stripe.Bind(json);
        return await PostText(json);
    }

    public Task<HttpResponseMessage> PostText(string body, string contentType = "application/json") =>
        client.PostAsync(Route, new StringContent(body, Encoding.UTF8, contentType));

    /// <summary>Places it and returns its reference.</summary>
    public async Task<string> Place(object body)
    {
        using var answer = await Post(body);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("reference").GetString()!;
    }

    public Task<JsonElement> Get(string reference) => client.GetFromJsonAsync<JsonElement>($"/api/public/orders/{reference}");

    /// <summary>Asks until the order is as expected; fails with what it is instead after half a minute.</summary>
    public async Task<JsonElement> Until(string reference, Func<JsonElement, bool> expected)
    {
        var order = default(JsonElement);
        for (var tries = 0; tries < 600; tries++)
        {
            order = await Get(reference);
            if (expected(order))
                return order;
            await Task.Delay(50);
        }
        throw new TimeoutException($"The order never came to the expected state: {order}");
    }

    public Task<JsonElement> UntilStatus(string reference, string status) =>
        Until(reference, o => o.GetProperty("status").GetString() == status);

    public Task<JsonElement> UntilReason(string reference, string code) =>
        Until(reference, o => o.GetProperty("reasonCode").GetString() == code);

    /// <summary>One number from the panel's database.</summary>
    public async Task<long> Count(string sql, object? parameters = null)
    {
        await using var db = await panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>(sql, parameters);
    }

    public async Task Execute(string sql, object? parameters = null)
    {
        await using var db = await panel.DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(sql, parameters);
    }
}
