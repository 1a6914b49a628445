using System.Text.Json;

namespace MPanel.NodeAgent.Contract;

/// <summary>Paths of the worker API, relative to the panel's API address. See docs/blueprint.md.</summary>
public static class WorkerRoutes
{
    public const string Enroll = "/api/worker/enroll";
    public const string Heartbeat = "/api/worker/heartbeat";
    public const string Claim = "/api/worker/tasks/claim";
    public const string Inventory = "/api/worker/inventory";
    public const string KeptSpecs = "/api/worker/inventory/specs";
    public const string Traffic = "/api/worker/traffic";

    public static string Renew(long taskId) => $"/api/worker/tasks/{taskId}/renew";

    public static string Log(long taskId) => $"/api/worker/tasks/{taskId}/log";

    public static string Complete(long taskId) => $"/api/worker/tasks/{taskId}/complete";

    public static string Release(long taskId) => $"/api/worker/tasks/{taskId}/release";
}

/// <param name="Code">The one-time code an admin was shown; valid for 15 minutes.</param>
/// <param name="AgentVersion">The agent's own version.</param>
public sealed record EnrollRequest(string Code, string AgentVersion);

/// <param name="Server">Name of the server this agent now speaks for.</param>
/// <param name="Token">The bearer token, shown this once.</param>
public sealed record EnrollResponse(string Server, string Token);

/// <param name="Capabilities">Task types this agent can do, such as <c>hosting</c>, and <see cref="WorkerContracts"/> that it speaks.</param>
/// <param name="FreeSlots">How many more tasks it would take now.</param>
/// <param name="Services">What the node's work stands on; null from an agent that doesn't look at it yet.</param>
public sealed record HeartbeatRequest(
    string AgentVersion,
    string[] Capabilities,
    int FreeSlots,
    NodeMetrics Metrics,
    ServiceHealth[]? Services = null
);

/// <summary>How a service of the node does, asked as its users would ask it.</summary>
/// <param name="Name">Such as <c>nginx</c>.</param>
/// <param name="Problem">What is wrong, for people; null when it is well.</param>
public sealed record ServiceHealth(string Name, string? Problem = null);

/// <param name="State"><c>active</c>, <c>draining</c> or <c>maintenance</c>: in the latter two the panel hands out no tasks.</param>
/// <param name="InventoryAskedAt">When a look at the node was asked for last; null when never. One that is newer than the last look asks for one now.</param>
public sealed record HeartbeatResponse(string Server, string State, DateTimeOffset ServerTime, DateTimeOffset? InventoryAskedAt = null);

/// <summary>What /proc says of the node. Rates are over the time since the last heartbeat; sizes in bytes.</summary>
public sealed record NodeMetrics(
    double CpuPercent,
    double Load1,
    double Load5,
    double Load15,
    long MemoryTotalBytes,
    long MemoryUsedBytes,
    long DiskTotalBytes,
    long DiskUsedBytes,
    long NetworkReceivedBytesPerSecond,
    long NetworkSentBytesPerSecond,
    long UptimeSeconds
);

/// <param name="Types">Task types to choose from, and <see cref="WorkerContracts"/> that the agent speaks.</param>
/// <param name="Wait">Seconds to wait for a task before answering 204; 0 to 30.</param>
public sealed record ClaimRequest(string[] Types, int Wait = 0);

/// <summary>A task, leased to the caller.</summary>
/// <param name="LeaseToken">Proves the lease in every later call.</param>
/// <param name="LeaseSeconds">How long the lease lasts from now. A duration, so that a wrong clock does no harm.</param>
/// <param name="Action"><see cref="TaskVerb"/>; <c>create</c> from a panel of the first release, and for types that no agent does yet.</param>
/// <param name="Payload">
/// For type <c>hosting</c> a <see cref="HostingSpec"/>, from a panel of the first release a <see cref="HostingPayload"/>; for any other a
/// <see cref="PlanPayload"/>.
/// </param>
public sealed record TaskLease(
    long Id,
    int Attempt,
    int MaxAttempts,
    Guid LeaseToken,
    int LeaseSeconds,
    string Type,
    string Action,
    string Domain,
    string CorrelationId,
    JsonElement Payload
);

/// <summary>What a panel of the first release says of a website. This release's agents still take it.</summary>
/// <param name="WebsiteId">Names the website on the node: system user, marker and uid derive from it. Never used twice.</param>
/// <param name="Domain">ASCII, lower case.</param>
/// <param name="Aliases">Further names the website answers to.</param>
/// <param name="Plan">The product code whose limits apply.</param>
public sealed record HostingPayload(long WebsiteId, string Domain, string[] Aliases, string Plan);

/// <summary>What tasks of the other types say.</summary>
/// <param name="Domain">ASCII, lower case.</param>
/// <param name="Plan">The product code.</param>
public sealed record PlanPayload(string Domain, string Plan);

public sealed record RenewRequest(Guid LeaseToken);

public sealed record RenewResponse(int LeaseSeconds);

public sealed record LogRequest(Guid LeaseToken, LogLine[] Lines);

/// <param name="Seq">The agent's own numbering within the attempt, from 1: a line sent twice is kept once.</param>
/// <param name="Level"><c>info</c>, <c>warn</c> or <c>error</c>.</param>
public sealed record LogLine(int Seq, DateTimeOffset At, string Level, string Message);

/// <param name="Status"><c>success</c> or <c>failed</c>.</param>
/// <param name="Permanent">For failed: no further attempt would help.</param>
/// <param name="Error">For failed: what went wrong; otherwise null.</param>
/// <param name="Applied">For a success of <see cref="TaskVerb"/>: what stands now; otherwise null.</param>
public sealed record CompleteRequest(
    Guid LeaseToken,
    string Status,
    bool Permanent = false,
    TaskError? Error = null,
    AppliedState? Applied = null
);

/// <summary>What stands on the node after a task.</summary>
/// <param name="Revision">Of the specification.</param>
/// <param name="Hash">SHA-256 of the specification as the node keeps it, 64 lower-case hexadecimal digits.</param>
/// <param name="Archive">The archive of its files that the node keeps; null when it keeps none.</param>
/// <param name="Erased">After <c>remove</c>: what was looked for and is not there any more, a line each, for people; otherwise null.</param>
public sealed record AppliedState(long Revision, string Hash, ArchiveFacts? Archive = null, string[]? Erased = null);

/// <summary>A verified archive of a website's files.</summary>
/// <param name="Name">File name on the node, such as <c>42-7.tar.gz</c>.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record ArchiveFacts(string Name, long Bytes, string Sha256);

/// <param name="Code">Stable, such as <c>nginx_config_invalid</c>.</param>
public sealed record TaskError(string Code, string Message);

/// <summary>Gives the task back untouched: it costs no attempt. For an agent that is asked to stop before its first side effect.</summary>
public sealed record ReleaseRequest(Guid LeaseToken);
