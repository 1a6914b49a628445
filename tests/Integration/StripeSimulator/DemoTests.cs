using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.StripeSimulator;

/// <summary>The demo as the program it is, against a panel that answers by the book.</summary>
public sealed class DemoTests : IAsyncLifetime
{
    private const string Done = """
        {
          "reference": "ORD-1001", "status": "completed", "reasonCode": null, "reason": null, "order": { "status": "provisioning" },
          "tasks": [ { "id": 7, "type": "hosting", "domain": "techstartup.net", "status": "success", "server": "srv1", "waitingFor": null },
                     { "id": 8, "type": "backup", "domain": "techstartup.net", "status": "pending", "server": "srv1", "waitingFor": "a node that can do backup" } ],
          "timeline": [ { "at": "2026-01-01T00:00:01Z", "step": "order.payment", "attempt": 1, "outcome": "done", "durationMs": 12.4, "code": null, "message": null, "actor": "system", "taskId": null },
                        { "at": "2026-01-01T00:00:02Z", "step": "task.complete", "attempt": 2, "outcome": "done", "durationMs": 40, "code": null, "message": "site answers", "actor": "srv1", "taskId": 7 } ]
        }
        """;

    private const string Paying = """
        { "reference": "ORD-1001", "status": "processing", "tasks": [],
          "timeline": [ { "at": "2026-01-01T00:00:01Z", "step": "order.payment", "attempt": 1, "outcome": "done", "durationMs": 12.4 } ] }
        """;

    private const string Review = """
        { "reference": "ORD-1001", "status": "needs_review", "reasonCode": "amount_mismatch", "reason": "45.82 ordered, 45.81 paid", "tasks": [], "timeline": [] }
        """;

    private readonly string _keyFile = Path.GetTempFileName();
    private readonly string _key = $"mp_{Guid.NewGuid():N}";
    private StripeSimulation _stripe = null!;
    private WebApplication? _panel;
    private Queue<string> _answers = [];
    private int _intakeStatus = 202;
    private string? _posted;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_keyFile, _key + "\n");
        _stripe = await StripeSimulation.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _panel = builder.Build();
        _panel.MapPost(
            "/api/public/orders/stripe-completed",
            async (HttpRequest request) =>
            {
                _posted = await new StreamReader(request.Body).ReadToEndAsync();
                return request.Headers.Authorization == $"Bearer {_key}"
                    ? Results.Json(new { reference = "ORD-1001" }, statusCode: _intakeStatus)
                    : Results.StatusCode(401);
            }
        );
        _panel.MapPost("/api/public/orders/digest", () => Results.Json(new { mpanelOrder = "v1-of-the-example" }));
        _panel.MapGet(
            "/api/public/orders/ORD-1001",
            () => Results.Text(_answers.Count > 1 ? _answers.Dequeue() : _answers.Peek(), "application/json")
        );
        _panel.MapGet("/", (HttpRequest request) => Results.Text($"<h1>{request.Host}</h1>"));
        await _panel.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_keyFile);
        await _panel!.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task Demo_OrderThatSucceeds_PaysPrintsEachLineOnceAndTheSite()
    {
        _answers = new Queue<string>([Paying, Paying, Done]);

        var (code, output, _) = await Demo("--payment-intent", "pi_demo1");

        Assert.Equal(0, code);
        Assert.Equal(1, Count(output, "order.payment"));
        Assert.Contains("task.complete (attempt 2)", output, StringComparison.Ordinal);
        Assert.Contains("task 8, backup: pending, waiting for a node that can do backup", output, StringComparison.Ordinal);
        Assert.Contains("curl -H 'Host: techstartup.net'", output, StringComparison.Ordinal);
        Assert.DoesNotContain(_key, output, StringComparison.Ordinal);
        Assert.Contains("\"stripePaymentIntentId\":\"pi_demo1\"", _posted, StringComparison.Ordinal);
        using var payment = await _stripe.Http.GetAsync("/_sim/payment_intents/pi_demo1");
        var paid = await payment.Content.ReadAsStringAsync();
        Assert.Contains("4582", paid, StringComparison.Ordinal);
        Assert.Contains("\"mpanel_order\": \"v1-of-the-example\"", paid, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_RepeatedPayment_SaysThatNothingChanged()
    {
        await _stripe.Payment("pi_demo1", 4582, amountRefunded: 82);
        _intakeStatus = 200;
        _answers = new Queue<string>([Done]);

        var (code, output, _) = await Demo("--payment-intent", "pi_demo1");

        Assert.Equal(0, code);
        Assert.Contains("Nothing changed", output, StringComparison.Ordinal);
        using var payment = await _stripe.Http.GetAsync("/_sim/payment_intents/pi_demo1");
        Assert.Contains("\"amount_refunded\": 82", await payment.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_OrderThatNeedsReview_SaysWhyAndFails()
    {
        _answers = new Queue<string>([Paying, Review]);

        var (code, _, error) = await Demo();

        Assert.Equal(1, code);
        Assert.Contains("needs review: 45.82 ordered, 45.81 paid", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_OrderThatNeverGetsATask_SaysSoWhenTheTimeIsUp()
    {
        _answers = new Queue<string>([Paying]);

        var (code, _, error) = await Demo("--timeout", "0");

        Assert.Equal(1, code);
        Assert.Contains("no hosting task exists yet", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "does not know the key")]
    [InlineData(HttpStatusCode.Conflict, "already used for a different order")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "database may be down")]
    public async Task Demo_IntakeRefused_SaysWhyAndFails(HttpStatusCode status, string why)
    {
        _intakeStatus = (int)status;

        var (code, _, error) = await Demo();

        Assert.Equal(1, code);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_PanelDown_AsksWhetherUpIsRunning()
    {
        await _panel!.StopAsync();

        var (code, _, error) = await Demo();

        Assert.Equal(1, code);
        Assert.Contains("Is ./mpanel up running?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_WrongCommandLine_ShowsUsage()
    {
        var (code, _, error) = await Demo("--domain", "not a domain");

        Assert.Equal(2, code);
        Assert.Contains("--key-file FILE", error, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> Demo(params string[] more)
    {
        var panel = _panel!.Urls.Single();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "MPanel.StripeSimulator.dll"),
            "demo",
            "--panel",
            panel,
            "--nginx",
            panel,
            "--simulator",
            _stripe.Url,
            "--key-file",
            _keyFile,
            "--domain",
            "techstartup.net",
            .. more,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(bound.Token);
        var error = process.StandardError.ReadToEndAsync(bound.Token);
        try
        {
            await process.WaitForExitAsync(bound.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
