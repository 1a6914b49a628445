using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace MPanel.StripeSimulator.Demonstration;

/// <summary>What the demo asks of the simulator, the panel and nginx. Every trouble becomes a sentence.</summary>
internal sealed class DemoCalls(HttpClient http, DemoSettings settings)
{
    /// <returns>What became of it, for people.</returns>
    public async Task<string> Pay()
    {
        var address = new Uri(settings.Simulator, $"/_sim/payment_intents/{Uri.EscapeDataString(settings.PaymentIntent)}");
        using var known = await Ask(HttpMethod.Get, address, "The Stripe simulator");
        if (known.IsSuccessStatusCode)
            return "already known";
        using var put = await Ask(
            HttpMethod.Put,
            address,
            "The Stripe simulator",
            new
            {
                amount = DemoOrder.TotalInCents,
                currency = "usd",
                status = "succeeded",
                metadata = new { mpanel_order = await Bound() },
            }
        );
        if (!put.IsSuccessStatusCode)
            throw new DemoFailedException($"the simulator did not take the payment ({(int)put.StatusCode}): {await Text(put)}");
        return "succeeded";
    }

    /// <summary>What the payment must name, as the shop asks for it before the customer pays.</summary>
    private async Task<string> Bound()
    {
        using var response = await Ask(
            HttpMethod.Post,
            new Uri(settings.Panel, "/api/public/orders/digest"),
            "The panel",
            DemoOrder.Body(settings.PaymentIntent, settings.Domain, settings.Email)
        );
        var body = await Text(response);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new DemoFailedException($"{Refusal(response.StatusCode)} The panel's words: {body}");
        return Property(body, "mpanelOrder") ?? throw new DemoFailedException($"the panel named no digest of the order: {body}");
    }

    public async Task<(HttpStatusCode Status, string Reference)> Send()
    {
        using var response = await Ask(
            HttpMethod.Post,
            new Uri(settings.Panel, "/api/public/orders/stripe-completed"),
            "The panel",
            DemoOrder.Body(settings.PaymentIntent, settings.Domain, settings.Email)
        );
        var body = await Text(response);
        if (response.StatusCode is not (HttpStatusCode.Accepted or HttpStatusCode.OK))
            throw new DemoFailedException($"{Refusal(response.StatusCode)} The panel's words: {body}");
        return Property(body, "reference") is { } reference
            ? (response.StatusCode, reference)
            : throw new DemoFailedException($"the panel took the order without naming a reference: {body}");
    }

    public async Task<OrderAnswer> Order(string reference)
    {
        using var response = await Ask(
            HttpMethod.Get,
            new Uri(settings.Panel, $"/api/public/orders/{Uri.EscapeDataString(reference)}"),
            "The panel"
        );
        var body = await Text(response);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new DemoFailedException($"the panel answered {(int)response.StatusCode} when asked about {reference}: {body}");
        try
        {
            return JsonSerializer.Deserialize<OrderAnswer>(body, JsonSerializerOptions.Web)
                ?? throw new DemoFailedException($"the panel knows nothing of {reference}.");
        }
        catch (JsonException e)
        {
            throw new DemoFailedException($"the panel's answer about {reference} can't be read: {e.Message}");
        }
    }

    /// <summary>Whether nginx serves a page that names the domain.</summary>
    public async Task<bool> SiteAnswers()
    {
        try
        {
            using var response = await Site();
            return response.StatusCode == HttpStatusCode.OK
                && (await response.Content.ReadAsStringAsync()).Contains(settings.Domain, StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            // Not yet, or never: the caller bounds the wait and asks WhyNot at its end.
            return false;
        }
    }

    /// <summary>What stands between the order and its site when the time is up.</summary>
    public async Task<string> WhyNot(OrderAnswer order)
    {
        var seconds = settings.Timeout.TotalSeconds;
        if (!order.HostingIsDone())
        {
            var open = (order.Tasks ?? []).Where(t => t.Type == "hosting" && t.Status != "success").ToList();
            var where = open.Count == 0 ? "no hosting task exists yet" : $"hosting task {open[0].Id} is {open[0].Status}";
            var waiting = open.FirstOrDefault()?.WaitingFor is { } what ? $", waiting for {what}" : "";
            return $"after {seconds} s the order is {order.Status} and {where}{waiting}{order.Because()} Is the agent running?";
        }
        try
        {
            using var response = await Site();
            return $"provisioning ended well, but after {seconds} s nginx answers {(int)response.StatusCode} for {settings.Domain} without its page.";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return $"provisioning ended well, but after {seconds} s nginx at {settings.Nginx} does not answer ({e.Message}).";
        }
    }

    private async Task<HttpResponseMessage> Site()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.Nginx);
        request.Headers.Host = settings.Domain;
        return await http.SendAsync(request);
    }

    private async Task<HttpResponseMessage> Ask(HttpMethod method, Uri address, string who, object? body = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (address.Authority == settings.Panel.Authority)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        try
        {
            return await http.SendAsync(request);
        }
        catch (HttpRequestException e)
        {
            throw new DemoFailedException(
                $"{who} at {address.GetLeftPart(UriPartial.Authority)} does not answer ({e.HttpRequestError}). Is ./mpanel up running?"
            );
        }
        catch (TaskCanceledException)
        {
            throw new DemoFailedException(
                $"{who} at {address.GetLeftPart(UriPartial.Authority)} took longer than {http.Timeout.TotalSeconds} s to answer."
            );
        }
    }

    private static string Refusal(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.Unauthorized => "the panel does not know the key in the key file.",
            HttpStatusCode.Forbidden => "the key in the key file may not send orders.",
            HttpStatusCode.Conflict => "this payment was already used for a different order, which stays as it is.",
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => "the panel refused the order's contents.",
            HttpStatusCode.ServiceUnavailable => "the panel can't store orders now; its database may be down.",
            _ => $"the panel answered {(int)status}.",
        };

    private static async Task<string> Text(HttpResponseMessage response) => (await response.Content.ReadAsStringAsync()).Trim();

    private static string? Property(string body, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
