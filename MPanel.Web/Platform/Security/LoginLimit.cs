using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using MPanel.Web.Platform.Http;

namespace MPanel.Web.Platform.Security;

/// <summary>How often one address may try a password, a code or a link: hashing passwords is work, and each try is a row.</summary>
public sealed class LoginLimit(IOptions<AccessOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _attempts = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            address,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = options.Value.LoginsPerMinute, Window = TimeSpan.FromMinutes(1) }
        )
    );

    public bool Allows(HttpContext context)
    {
        using var lease = _attempts.AttemptAcquire(ClientNetwork.Of(context));
        return lease.IsAcquired;
    }

    public void Dispose() => _attempts.Dispose();
}
