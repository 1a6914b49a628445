using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Provisioning;
using MPanel.Web.Platform.Http;

namespace MPanel.Web.Api.Agents;

/// <summary>How often one address may try a code: 256 random bits need no more protection, the database does.</summary>
public sealed class EnrolmentLimit(IOptions<ProvisioningOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _attempts = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            address,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = options.Value.EnrolmentsPerMinute, Window = TimeSpan.FromMinutes(1) }
        )
    );

    public bool Allows(HttpContext context)
    {
        using var lease = _attempts.AttemptAcquire(ClientNetwork.Of(context));
        return lease.IsAcquired;
    }

    public void Dispose() => _attempts.Dispose();
}
