using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using MPanel.NodeAgent.Contract;
using MPanel.Web.Api.Agents;
using RateLimiterOptions = Microsoft.AspNetCore.RateLimiting.RateLimiterOptions;

namespace MPanel.Web.Platform.Http;

/// <summary>
/// How many requests are worked on at once: of one caller, and of all together. A caller is a key, a user, a server, or for whoever
/// brings no credential the network. Orders, agents and pages stand apart; /healthz must answer when nothing else can.
/// </summary>
internal static class Permits
{
    /// <summary>Enrolments at once, of everybody: no agent that works already waits for them.</summary>
    private const int Enrolments = 32;

    public static void Configure(RateLimiterOptions limiter, IOptions<HttpOptions> http)
    {
        limiter.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
        limiter.OnRejected = async (rejected, _) => await Door.Refuse(rejected.HttpContext);
        var all = http.Value.MaxConcurrentRequests;
        var caller = Limit(Math.Min(all, http.Value.MaxConcurrentRequestsPerCaller), queue: all);
        var together = Limit(all, queue: all);
        var agents = Limit(http.Value.MaxConcurrentWorkerRequests, queue: 0);
        var enrolments = Limit(Enrolments, queue: Enrolments);
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                IsHealth(context)
                    ? RateLimitPartition.GetNoLimiter("health")
                    : RateLimitPartition.GetConcurrencyLimiter($"{Part(context)} {Caller(context)}", _ => caller)
            ),
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                IsHealth(context)
                    ? RateLimitPartition.GetNoLimiter("health")
                    : RateLimitPartition.GetConcurrencyLimiter(
                        Part(context),
                        part =>
                            part switch
                            {
                                "worker" => agents,
                                "enrolment" => enrolments,
                                _ => together,
                            }
                    )
            )
        );
    }

    private static ConcurrencyLimiterOptions Limit(int permits, int queue) => new() { PermitLimit = permits, QueueLimit = queue };

    private static bool IsHealth(HttpContext context) => context.Request.Path.StartsWithSegments("/healthz");

    private static string Part(HttpContext context) =>
        context.Request.Path switch
        {
            var path when path.StartsWithSegments(WorkerRoutes.Enroll) => "enrolment",
            var path when path.StartsWithSegments("/api/worker") => "worker",
            var path when path.StartsWithSegments("/api") => "api",
            _ => "pages",
        };

    private static string Caller(HttpContext context) =>
        context.User is { Identity: { IsAuthenticated: true, AuthenticationType: var scheme } } user
            ? $"{scheme} {user.FindFirstValue(ServerTokenAuthentication.ServerIdClaim) ?? user.FindFirstValue(ClaimTypes.NameIdentifier)}"
            : $"network {ClientNetwork.Of(context)}";
}
