using MPanel.Faults.Orders;
using MPanel.StripeSimulator;
using MPanel.Tests.Support;
using MPanel.Web;

namespace MPanel.Faults.World;

/// <summary>How the world's programs are started: as in production, with shorter leases so that an hour of faults is worth more.</summary>
internal static class Programs
{
    public static Member Panel(string name, string roles, string connectionString, string stripeUrl, string stripeKey, string logs)
    {
        var port = PostgresCluster.FreePort();
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Roles"] = roles,
            ["Http__ApiPort"] = $"{port}",
            ["Http__PagesPort"] = $"{PostgresCluster.FreePort()}",
            ["ConnectionStrings__MPanel"] = connectionString,
            ["Stripe__ApiKey"] = stripeKey,
            ["Stripe__BaseUrl"] = stripeUrl,
            ["Stripe__ExpectedLiveMode"] = "false",
            ["Stripe__WebhookSecrets__0"] = RefundDesk.Secret,
            ["Stripe__AttemptTimeout"] = "00:00:02",
            ["Stripe__TotalTimeout"] = "00:00:05",
            ["Jobs__Lease"] = Timing.Lease.ToString(),
            ["Jobs__DrainTimeout"] = "00:00:05",
            ["Provisioning__Lease"] = Timing.Lease.ToString(),
            ["Provisioning__OfflineAfter"] = "00:00:10",
            ["Provisioning__RetryDelays__0"] = "00:00:01",
            ["Provisioning__RetryDelays__1"] = "00:00:03",
            ["Provisioning__RetryDelays__2"] = "00:00:10",
            ["Invoices__Seller__Name"] = "Fault Hosting Ltd",
        };
        return new Member(name, port, () => ProgramProcess.Start(name, typeof(PanelApp).Assembly.Location, logs, [], settings));
    }

    /// <param name="stateFile">Where payments outlive a kill; it is written whole for each. Null keeps them in memory.</param>
    public static Member Simulator(string? stateFile, string logs)
    {
        var port = PostgresCluster.FreePort();
        string[] arguments = ["--port", $"{port}", .. stateFile is null ? Array.Empty<string>() : ["--state", stateFile]];
        var settings = new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Warning" };
        return new Member(
            "stripe",
            port,
            () => ProgramProcess.Start("stripe", typeof(StripeSimulatorApp).Assembly.Location, logs, arguments, settings)
        );
    }
}

/// <summary>The periods that faults must outlast, and recovery may take.</summary>
internal static class Timing
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    /// <summary>What is held longer than this outlasts every lease.</summary>
    public static readonly TimeSpan BeyondLease = TimeSpan.FromSeconds(13);

    /// <summary>After its last disturbance a part must be itself again within so long.</summary>
    public static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);
}
