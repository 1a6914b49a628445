using System.Threading.RateLimiting;
using MPanel.Database.Audit;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api;
using MPanel.Web.Platform.Http;
using Npgsql;

namespace MPanel.Web.Platform.Security;

/// <summary>
/// Answers and audits what was not let in. Failures are counted by network, and of whoever is known by that person, key or server: beyond
/// the limit they get 429 and no further audit rows, or an attacker could fill the disk. So what strangers do never hides what somebody
/// known does.
/// </summary>
public sealed class AccessDenials(NpgsqlDataSource dataSource) : IDisposable
{
    /// <summary>Reason in the audit log: more was asked for than the asker may give away or touch.</summary>
    public const string BeyondPermissions = "beyond_permissions";

    private const int PerMinute = 60;

    private readonly PartitionedRateLimiter<string> _failures = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            address,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = PerMinute, Window = TimeSpan.FromMinutes(1) }
        )
    );

    /// <param name="reason">For the audit log only.</param>
    /// <param name="presented">The public part of what was presented.</param>
    public async Task Unauthenticated(
        HttpContext context,
        string reason,
        string presented,
        string code = "unauthenticated",
        string text = "A valid key is required."
    )
    {
        using var lease = _failures.AttemptAcquire(ClientNetwork.Of(context));
        if (!lease.IsAcquired)
        {
            context.Response.Headers.RetryAfter = "60";
            await Problems.Write(
                context,
                StatusCodes.Status429TooManyRequests,
                "too_many_failures",
                "Too many failed attempts. Wait a minute."
            );
            return;
        }
        await Append(context, ActorKind.Anonymous, presented, "access.unauthenticated", reason);
        await Problems.Write(context, StatusCodes.Status401Unauthorized, code, text);
    }

    public async Task Forbidden(HttpContext context)
    {
        await Record(context);
        await Problems.Write(context, StatusCodes.Status403Forbidden, "forbidden", "This key may not do that.");
    }

    /// <summary>Audits that somebody known asked for more than they may; the caller answers.</summary>
    /// <param name="reason">For the audit log only.</param>
    public async Task Record(HttpContext context, string reason = "missing_permission")
    {
        using var lease = _failures.AttemptAcquire(Culprit(context));
        if (lease.IsAcquired)
            await Append(context, context.Actor().Kind, context.Actor().Name, "access.forbidden", reason);
    }

    /// <summary>Audits a form that this panel did not make for whoever sent it; the caller answers.</summary>
    /// <param name="reason">For the audit log only.</param>
    public async Task Forged(HttpContext context, string reason)
    {
        using var lease = _failures.AttemptAcquire(Culprit(context));
        if (lease.IsAcquired)
            await Append(context, context.Actor().Kind, context.Actor().Name, "access.forged", reason);
    }

    public void Dispose() => _failures.Dispose();

    private async Task Append(HttpContext context, string actorKind, string actor, string action, string reason)
    {
        var after = System.Text.Json.JsonSerializer.Serialize(new { reason });
        var subject = $"{context.Request.Method} {context.Request.Path}";
        await using var db = await dataSource.OpenConnectionAsync(context.RequestAborted);
        await new AuditEntry(
            actorKind,
            actor,
            action,
            subject.Length > 200 ? subject[..200] : subject,
            null,
            after,
            Address(context),
            context.TraceIdentifier
        ).Append(db);
    }

    private static string Culprit(HttpContext context) =>
        context.Actor() is { Id: { } id, Kind: var kind } ? $"{kind} {id} from {ClientNetwork.Of(context)}" : ClientNetwork.Of(context);

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
