using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using MPanel.Settings;
using MPanel.Web.Api;
using MPanel.Web.Pages;
using MPanel.Web.Platform.Http;

namespace MPanel.Web.Platform.Http;

public static class HttpSetup
{
    /// <summary>What a body may have where its route names no other limit, so that a new route has one from its first day.</summary>
    public const long SmallBody = 64 * 1024;

    public static void AddPanelHttp(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddChecked<HttpOptions>("Http");
        services.AddSingleton<ListeningPorts>();
        services.AddHostedService<LearnPorts>();
        builder.WebHost.UseKestrel((_, kestrel) => Listen(kestrel));
        services
            .AddOptions<ForwardedHeadersOptions>()
            .Configure<IOptions<HttpOptions>>(
                (headers, http) =>
                {
                    headers.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
                    foreach (var proxy in http.Value.TrustedProxies)
                        headers.KnownProxies.Add(IPAddress.Parse(proxy));
                }
            );
        services.AddExceptionHandler<ProblemExceptions>();
        services.AddProblemDetails(o => o.CustomizeProblemDetails = Complete);
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(o => Strict(o.SerializerOptions));
        services.AddRateLimiter(o => { });
        services.AddOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>().Configure<IOptions<HttpOptions>>(Permits.Configure);
        services.AddOpenApi("v1", o => o.DescribeAccessAndRefusals());
        services.AddPanelPages();
    }

    private static void Listen(KestrelServerOptions kestrel)
    {
        var options = kestrel.ApplicationServices.GetRequiredService<IOptions<HttpOptions>>().Value;
        var address = IPAddress.Parse(options.Address);
        kestrel.Listen(address, options.ApiPort);
        kestrel.Listen(address, options.PagesPort);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = SmallBody;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(options.SlowBodyGraceSeconds));
    }

    private static void Strict(JsonSerializerOptions json)
    {
        json.AllowDuplicateProperties = false;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.MaxDepth = 16;
    }

    private static void Complete(ProblemDetailsContext problem)
    {
        problem.ProblemDetails.Extensions.TryAdd("code", Problems.DefaultCode(problem.ProblemDetails.Status));
        problem.ProblemDetails.Extensions["correlationId"] = problem.HttpContext.TraceIdentifier;
        problem.ProblemDetails.Extensions.Remove("traceId");
    }

    /// <summary>Reads the ports from the server once it listens; the first address is the API's, the second the pages'.</summary>
    private sealed class LearnPorts(IServer server, ListeningPorts ports, IOptions<HttpOptions> options) : IHostedLifecycleService
    {
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(a => new Uri(a).Port).ToArray() ?? [];
            ports.Api = addresses.ElementAtOrDefault(0) is var api and > 0 ? api : options.Value.ApiPort;
            ports.Pages = addresses.ElementAtOrDefault(1) is var pages and > 0 ? pages : options.Value.PagesPort;
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
