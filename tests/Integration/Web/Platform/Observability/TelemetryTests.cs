using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MPanel.Tests.Support;
using MPanel.Web.Api;
using MPanel.Web.Platform.Http;
using OpenTelemetry.Trace;

namespace MPanel.Tests.Integration.Web.Platform.Observability;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Panel_WithACollector_SendsItTheTraceThatTheAnswerNames()
    {
        var sent = new ConcurrentBag<string>();
        await using var collector = await Collector(sent);
        await using var panel = await PanelServer.Start(
            settings: new Dictionary<string, string?> { ["Telemetry:OtlpEndpoint"] = collector.Urls.Single() + "/otlp" }
        );
        using var client = await panel.Client("plans:read");

        using var answer = await client.GetAsync("/api/public/plans");
        panel.Services.GetRequiredService<TracerProvider>().ForceFlush();

        // Bytes as Latin-1: protobuf writes a trace id as it is.
        var trace = Encoding.Latin1.GetString(Convert.FromHexString(answer.Headers.GetValues(Correlation.Header).Single()));
        await Wait.Until(
            () => sent.Any(s => s.StartsWith("/otlp/v1/traces ", StringComparison.Ordinal) && s.Contains(trace, StringComparison.Ordinal)),
            "the collector to hear of the request"
        );
        Assert.Contains(
            sent,
            s => s.StartsWith("/otlp/v1/traces ", StringComparison.Ordinal) && s.Contains("/api/public/plans", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Panel_WithoutACollector_RecordsNoTraces()
    {
        await using var panel = await PanelServer.Start();

        Assert.Null(panel.Services.GetService<TracerProvider>());
    }

    [Theory]
    [InlineData("collector:4318")]
    [InlineData("ftp://collector")]
    [InlineData("http://user:secret@collector:4318")]
    public async Task Panel_WithAWrongAddress_DoesNotStartAndSaysWhy(string address)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            PanelServer.Start(settings: new Dictionary<string, string?> { ["Telemetry:OtlpEndpoint"] = address })
        );

        Assert.Equal(
            "Telemetry:OtlpEndpoint must be an absolute http or https address without user, query or fragment.",
            Assert.Single(refusal.Failures)
        );
    }

    private static async Task<WebApplication> Collector(ConcurrentBag<string> sent)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            sent.Add($"{context.Request.Path} {Encoding.Latin1.GetString(body.ToArray())}");
        });
        await app.StartAsync();
        return app;
    }
}
