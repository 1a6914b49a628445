using MPanel.Database.Lists;

namespace MPanel.Database.Provisioning;

/// <summary>A row of the view provisioning_task_facts: a task with everything that says what it waits for.</summary>
/// <param name="OrderId">Null, with its reference, for a task of no order.</param>
/// <param name="SubscriptionId">Null for a task of no subscription.</param>
/// <param name="Plan">Null where the payload names none.</param>
/// <param name="ServerHeardAt">The last heartbeat of its server; null when there was none.</param>
/// <param name="ServerCan">The agent of its server says that it can do this type.</param>
/// <param name="ServerIsOld">Its agent could do it as it was told in an earlier release.</param>
/// <param name="RunningType">Type of the task that is running on the same domain, if any.</param>
/// <param name="ReadAt">The database's time when this was read.</param>
/// <param name="SortKey">Empty for tasks that were not read as a list.</param>
public sealed record TaskFacts(
    long Id,
    string Type,
    string Action,
    string Domain,
    string? Plan,
    string Status,
    int Attempt,
    int AttemptsSpent,
    int MaxAttempts,
    long? OrderId,
    string? OrderReference,
    long? SubscriptionId,
    long? WebsiteId,
    string ServerRole,
    long? ServerId,
    string? ServerName,
    string? LastErrorCode,
    string? LastError,
    string CorrelationId,
    DateTimeOffset AvailableAt,
    DateTimeOffset? LeaseExpiresAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? ServerState,
    DateTimeOffset? ServerHeardAt,
    bool ServerCan,
    bool ServerIsOld,
    string? DependencyType,
    string? DependencyDomain,
    string? DependencyStatus,
    string? RunningType,
    DateTimeOffset ReadAt,
    string SortKey = ""
) : IListRow;
