using System.ComponentModel.DataAnnotations;
using MPanel.Settings;

namespace MPanel.Web.Platform.Http;

/// <summary>Section <c>Http</c>: where the server listens.</summary>
public sealed record HttpOptions
{
    /// <summary>Address to listen on. Loopback by default: a TLS-terminating proxy stands in front in production.</summary>
    [Required, NetworkAddress]
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Port of the JSON API, health and metrics. 0 takes any free port (tests).</summary>
    [Range(0, 65535)]
    public int ApiPort { get; init; } = 2271;

    /// <summary>Port of the pages. 0 takes any free port (tests).</summary>
    [Range(0, 65535)]
    public int PagesPort { get; init; } = 2272;

    /// <summary>Where people open the pages, as <c>https://panel.example.com</c>: links in e-mail begin with it. Never taken from a request.</summary>
    [BaseUrl]
    public string? PublicUrl { get; init; }

    /// <summary>Requests handled at once; what exceeds it waits in a queue of the same length, and beyond that gets 503 with Retry-After.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentRequests { get; init; } = 256;

    /// <summary>Of these, by one key, user, server, or network of people who are not signed in; as many as all together wait.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentRequestsPerCaller { get; init; } = 32;

    /// <summary>The same for node agents, whose long polls wait for half a minute; beyond it 503, and nothing waits.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentWorkerRequests { get; init; } = 2000;

    /// <summary>Addresses of proxies whose X-Forwarded-For is believed, besides those on loopback.</summary>
    [NetworkAddress]
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Seconds a client may be slower than 240 bytes a second before its request ends with 408.</summary>
    [Range(2, 60)]
    public int SlowBodyGraceSeconds { get; init; } = 5;

    /// <summary>Answers say in the <c>Server-Timing</c> header how long they took, and how much of it the database.</summary>
    public bool ServerTiming { get; init; }
}
