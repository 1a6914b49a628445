using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Tests.EndToEnd.Launching;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>An order for one starter website on the running panel, paid at its Stripe simulator.</summary>
public sealed record TestOrder(string Reference, string Domain)
{
    /// <param name="unitPrice">Paid in any case; the catalogue sells at 29.88.</param>
    public static async Task<TestOrder> Place(RunningPanel panel, decimal unitPrice = 29.88m)
    {
        var key = Guid.NewGuid().ToString("N");
        var domain = $"journey-{key[..10]}.example";
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", panel.MarketingKey);
        var orders = $"http://127.0.0.1:{panel.Settings.ApiPort}/api/public/orders";
        var order = new
        {
            stripePaymentIntentId = $"pi_{key}",
            customerEmail = $"{key[..10]}@example.com",
            customerName = "Journey Customer",
            items = new[]
            {
                new
                {
                    productSlug = "starter",
                    qty = 1,
                    unitPrice,
                    billingPeriod = "year",
                },
            },
            primaryDomain = domain,
        };
        using var digest = await client.PostAsJsonAsync($"{orders}/digest", order);
        var bound = (await digest.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("mpanelOrder").GetString();
        using var paid = await client.PutAsJsonAsync(
            $"http://127.0.0.1:{panel.Settings.Ports[3]}/_sim/payment_intents/pi_{key}",
            new
            {
                amount = (long)(unitPrice * 100),
                currency = "usd",
                metadata = new { mpanel_order = bound },
            }
        );
        paid.EnsureSuccessStatusCode();
        using var placed = await client.PostAsJsonAsync($"{orders}/stripe-completed", order);
        placed.EnsureSuccessStatusCode();
        var answer = await placed.Content.ReadFromJsonAsync<JsonElement>();
        return new TestOrder(answer.GetProperty("reference").GetString()!, domain);
    }
}
