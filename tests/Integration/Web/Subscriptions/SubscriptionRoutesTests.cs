using System.Net;
using MPanel.Tests.Integration.Web.Invoices;

namespace MPanel.Tests.Integration.Web.Subscriptions;

public sealed class SubscriptionRoutesTests : IAsyncLifetime
{
    private const string Subscriptions = "/api/admin/subscriptions";

    private BillingWorld _world = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _world = await BillingWorld.Start();
        _client = await _world.Panel.Client("subscriptions.view", "provisioning.view");
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task List_WithoutSubscriptions_IsEmpty() => Assert.Empty((await _client.Json(Subscriptions)).Items("id"));

    [Fact]
    public async Task List_ByEachFilter_HasThoseOnlyAndCountsThem()
    {
        var anna = await _world.Customer("Anna");
        var bob = await _world.Customer("Bob");
        var june = DateTimeOffset.Parse("2026-06-01T00:00:00Z", null);
        var (first, _) = await _world.Sale(anna, domain: "anna.example", at: june);
        var (second, _) = await _world.Sale(bob, domain: "bob.example", product: "business", status: "suspended", at: june.AddDays(1));

        foreach (
            var (query, expected) in new[]
            {
                ("?status=suspended", second),
                ("?status=active", first),
                ("?product=business", second),
                ($"?customer={anna}", first),
                ("?renewsBefore=2027-06-02", first),
                ("?q=BOB.", second),
                ("?q=an", first),
                ("?q=a", first),
            }
        )
        {
            var page = await _client.Json(Subscriptions + query);
            Assert.Equal((query, $"{expected}", 1L), (query, string.Join(',', page.Items("id")), page.GetProperty("total").GetInt64()));
        }
        Assert.Empty((await _client.Json($"{Subscriptions}?product=nothing")).Items("id"));
        Assert.Equal([$"{second}", $"{first}"], (await _client.Json($"{Subscriptions}?sort=-renews")).Items("id"));
    }

    [Fact]
    public async Task One_ByItsId_HasPriceRenewalOrderAndTasks()
    {
        var at = DateTimeOffset.Parse("2026-06-01T00:00:00Z", null);
        var (id, _) = await _world.Sale(await _world.Customer("Anna"), 12.5m, at: at);
        var (other, _) = await _world.Sale(await _world.Customer("Bob"));
        await _world.One(
            """
            insert into provisioning_tasks 
                (order_id, subscription_id, subject_kind, subject_id, type, action, domain, server_role, payload, correlation_id)
            select i.order_id, s.id, 'subscription', s.id, 'hosting', 'create', s.domain || s.id, 'web', '{}', 'test'
            from subscriptions s join order_items i on i.id = s.order_item_id returning id
            """
        );

        var subscription = await _client.Json($"{Subscriptions}/{id}");
        using var others = await _world.Panel.Client("subscriptions.view");

        // Tasks are shown to those who may see tasks.
        Assert.Empty((await others.Json($"{Subscriptions}/{id}")).GetProperty("tasks").EnumerateArray());
        var facts = subscription.GetProperty("subscription");
        Assert.Equal(12.5m, facts.GetProperty("amount").GetDecimal());
        Assert.Equal(at.AddYears(1), facts.GetProperty("renewsAt").GetDateTimeOffset());
        Assert.StartsWith("ORD-", subscription.GetProperty("orderReference").GetString());
        var task = Assert.Single(subscription.GetProperty("tasks").EnumerateArray());
        Assert.Equal($"site.example{id}", task.GetProperty("domain").GetString());
        Assert.NotEqual(id, other);
    }

    [Fact]
    public async Task AnyRoute_BadlyAsked_Answers400Or404Or403()
    {
        using var stranger = await _world.Panel.Client("customers.view");

        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"{Subscriptions}/999")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync(Subscriptions)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync($"{Subscriptions}/999")).StatusCode);
        using var wrong = await _client.GetAsync($"{Subscriptions}?status=gone&renewsBefore=soon&customer=-1&sort=price");
        Assert.Equal(
            ["sort: invalid_sort", "status: invalid_filter", "customer: invalid_filter", "renewsBefore: invalid_filter"],
            (await wrong.Json(HttpStatusCode.BadRequest)).Faults()
        );
    }
}
