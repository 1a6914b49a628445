using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Invoices;

/// <summary>A panel with customers, orders and what came of them, written straight into its database: how they come about is the chain's test.</summary>
internal sealed class BillingWorld(PanelServer panel) : IAsyncDisposable
{
    private long _orders;

    public PanelServer Panel => panel;

    public static async Task<BillingWorld> Start(IReadOnlyDictionary<string, string?>? settings = null) =>
        new(await PanelServer.Start(settings: settings));

    public async Task<long> Customer(string name, string? email = null, DateTimeOffset? created = null) =>
        await One(
            """
            insert into customers (email, normalized_email, name, created_at)
            values (@email, lower(@email), @name, coalesce(@created, now())) returning id
            """,
            new
            {
                name,
                email = email ?? $"c{Guid.NewGuid():N}@example.com",
                created,
            }
        );

    /// <summary>An order of one product with its payment, subscription and paid invoice.</summary>
    /// <returns>Ids of subscription and invoice.</returns>
    public async Task<(long Subscription, long Invoice)> Sale(
        long customer,
        decimal total = 29.88m,
        string product = "starter",
        string domain = "site.example",
        string status = "active",
        string currency = "USD",
        DateTimeOffset? at = null
    )
    {
        await using var db = await panel.DataSource.OpenConnectionAsync();
        return await db.QuerySingleAsync<(long, long)>(
            """
            with intake as (
                insert into order_intakes (stripe_payment_intent_id, body_digest, body, status, customer_id, correlation_id)
                values (@payment, sha256(convert_to(@payment, 'UTF8')), '{}', 'completed', @customer, 'test') returning id, reference
            ), payment as (
                insert into payments (intake_id, stripe_payment_intent_id, stripe_charge_id, status, amount, currency, livemode)
                select id, @payment, 'ch_1', 'succeeded', @total, @currency, false from intake returning id
            ), placed as (
                insert into orders (intake_id, reference, customer_id, payment_id, status, currency, total, primary_domain)
                select i.id, i.reference, @customer, p.id, 'completed', @currency, @total, @domain from intake i, payment p returning id, payment_id
            ), item as (
                insert into order_items (order_id, position, product_id, description, billing_period, quantity, unit_price, amount)
                select o.id, 1, p.id, p.name, 'year', 1, @total, @total from placed o join products p on p.code = @product
                returning id, product_id
            ), subscribed as (
                insert into subscriptions (order_item_id, customer_id, product_id, status, billing_period, quantity, unit_price, currency, domain,
                    current_period_start, current_period_end, created_at)
                select id, @customer, product_id, @status, 'year', 1, @total, @currency, @domain, @at, @at + interval '1 year', @at from item
                returning id
            ), numbered as (
                insert into invoice_series as s (series, next_number) values ('INV-2026', 2)
                on conflict (series) do update set next_number = s.next_number + 1 returning next_number - 1 as number
            ), issued as (
                insert into invoices (order_id, customer_id, payment_id, series, number, status, currency, total, buyer_name, buyer_email, issued_at,
                    paid_at, issued_on, due_on, net, settled)
                select o.id, c.id, o.payment_id, 'INV-2026', n.number, 'paid', @currency, @total, c.name, c.email, @at, @at,
                    (@at at time zone 'UTC')::date, (@at at time zone 'UTC')::date, @total, @total
                from placed o, numbered n, customers c where c.id = @customer
                returning id
            ), lines as (
                insert into invoice_lines (invoice_id, position, description, quantity, unit_price, amount)
                select id, 1, 'Starter hosting', 1, @total, @total from issued
            )
            select subscribed.id, issued.id from subscribed, issued
            """,
            new
            {
                payment = $"pi_test{Interlocked.Increment(ref _orders)}",
                customer,
                total,
                product,
                domain,
                status,
                currency,
                at = at ?? DateTimeOffset.UtcNow,
            }
        );
    }

    public async Task<long> One(string sql, object? parameters = null)
    {
        await using var db = await panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>(sql, parameters);
    }

    public async Task<string?> Text(string sql, object? parameters = null)
    {
        await using var db = await panel.DataSource.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<string?>(sql, parameters);
    }

    public ValueTask DisposeAsync() => panel.DisposeAsync();
}

internal static class JsonAnswers
{
    public static async Task<JsonElement> Json(this HttpClient client, string path) => await client.GetFromJsonAsync<JsonElement>(path);

    public static async Task<JsonElement> Json(this HttpResponseMessage answer, HttpStatusCode expected)
    {
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static IEnumerable<string?> Items(this JsonElement page, string property) =>
        page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(property).ToString());

    /// <summary>Path and code of every wrong field.</summary>
    public static IEnumerable<string> Faults(this JsonElement problem) =>
        problem
            .GetProperty("errors")
            .EnumerateArray()
            .Select(e => $"{e.GetProperty("path").GetString()}: {e.GetProperty("code").GetString()}");
}
