using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using MPanel.StripeSimulator;
using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.Wire;
using Stripe;

namespace MPanel.Tests.Support;

/// <summary>The Stripe simulator on a free port of loopback, inside the test process, with the words to steer it.</summary>
public sealed class StripeSimulation : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly WebApplication _app;
    private readonly HttpClient _library = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
    private readonly string _key = NewKey();

    private StripeSimulation(WebApplication app)
    {
        _app = app;
        Url = app.Urls.Single();
        Http = new HttpClient { BaseAddress = new Uri(Url) };
    }

    /// <summary>For Stripe:BaseUrl.</summary>
    public string Url { get; }

    /// <summary>Without a key: for the control routes, or to ask with a key of one's own.</summary>
    public HttpClient Http { get; }

    /// <summary>A well-formed key of test or live mode, another one each time.</summary>
    public static string NewKey(bool live = false) => $"sk_{(live ? "live" : "test")}_{Guid.NewGuid():N}";

    public static async Task<StripeSimulation> Start(string? stateFile = null)
    {
        var app = StripeSimulatorApp.Build(["--port", "0", .. stateFile is null ? Array.Empty<string>() : ["--state", stateFile]]);
        await app.StartAsync();
        return new StripeSimulation(app);
    }

    /// <param name="amount">Minor units.</param>
    public async Task Payment(
        string id,
        long amount,
        string currency = "usd",
        string status = "succeeded",
        bool livemode = false,
        long amountRefunded = 0,
        bool disputed = false
    )
    {
        var body = new
        {
            amount,
            currency,
            status,
            livemode,
            amountRefunded,
            disputed,
        };
        using var response = await Http.PutAsJsonAsync($"/_sim/payment_intents/{id}", body, Json);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The payment names its order, where it is here and names none yet.</summary>
    /// <param name="order">JSON, as it is to be sent.</param>
    public async Task Bind(string order)
    {
        using var json = JsonDocument.Parse(order);
        if (
            OrderDesk.Binding(order) is not { } binding
            || !json.RootElement.TryGetProperty("stripePaymentIntentId", out var payment)
            || payment.ValueKind != JsonValueKind.String
        )
            return;
        using var response = await Http.PutAsJsonAsync(
            $"/_sim/payment_intents/{Uri.EscapeDataString(payment.GetString()!)}/order",
            new { mpanel_order = binding }
        );
    }

    /// <summary>Changes what the payment says of itself; what isn't named stays.</summary>
    /// <param name="facts">Such as <c>receiptEmail</c>, <c>invoice</c>, <c>created</c>, with all that <see cref="Payment"/> gives.</param>
    public async Task Put(string id, object facts)
    {
        using var response = await Http.PutAsJsonAsync($"/_sim/payment_intents/{id}", facts, Json);
        response.EnsureSuccessStatusCode();
    }

    public async Task Fail(Failure failure)
    {
        using var response = await Http.PostAsJsonAsync("/_sim/failures", failure, Json);
        response.EnsureSuccessStatusCode();
    }

    public async Task ClearFailures()
    {
        using var response = await Http.DeleteAsync("/_sim/failures");
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Stripe's own library, asking the simulator.</summary>
    /// <param name="retries">Attempts after the first, made by the library.</param>
    public StripeClient Client(int retries = 0, string? key = null)
    {
        var http = new SystemNetHttpClient(_library, retries, enableTelemetry: false);
        return new StripeClient(
            new StripeClientOptions
            {
                ApiKey = key ?? _key,
                ApiBase = Url,
                HttpClient = http,
            }
        );
    }

    /// <summary>Any control route: README.md of the simulator.</summary>
    /// <param name="body">Null for none.</param>
    public async Task<JsonElement> Steer(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/_sim/{path}");
        if (body is not null)
            request.Content = JsonContent.Create(body, options: Json);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {text}", null, response.StatusCode);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>The simulator's clock goes forward, and what is due by then happens.</summary>
    public Task Advance(TimeSpan time) => Steer(HttpMethod.Post, "clock", new { advance_seconds = (long)time.TotalSeconds });

    /// <summary>The calls below /v1 so far, oldest first.</summary>
    public async Task<IReadOnlyList<LoggedRequest>> Requests() =>
        await Http.GetFromJsonAsync<List<LoggedRequest>>("/_sim/requests", Json) ?? [];

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _library.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
