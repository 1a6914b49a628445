using Dapper;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>An order's head: intake, payment, order and invoice, as far as they exist.</summary>
/// <param name="Body">Canonical JSON of what was ordered.</param>
/// <param name="LiveMode">Of the payment; null until it was confirmed.</param>
/// <param name="ReadAt">The database's time of the reading.</param>
public sealed record TracedOrder(
    long IntakeId,
    string Reference,
    string Status,
    string? ReasonCode,
    string? Reason,
    string PaymentIntentId,
    string Body,
    DateTimeOffset? PricesAcceptedAt,
    string? PricesAcceptedBy,
    string CorrelationId,
    DateTimeOffset CreatedAt,
    long? CustomerId,
    string? CustomerName,
    string? CustomerEmail,
    string? PaymentStatus,
    decimal? PaymentAmount,
    string? PaymentCurrency,
    string? ChargeId,
    bool? LiveMode,
    long? OrderId,
    string? OrderState,
    long? InvoiceId,
    string? InvoiceNumber,
    string? InvoiceStatus,
    DateTimeOffset ReadAt
);

/// <summary>The work on an order: which of its steps it stands at, and how. Deleted some time after the last of them.</summary>
/// <param name="State">See <see cref="Jobs.JobState"/>.</param>
/// <param name="Step">Steps done: the position, from 0, of the one it stands at.</param>
/// <param name="Spent">Attempts at that step.</param>
public sealed record TracedJob(long Id, string State, int Step, int Spent, DateTimeOffset DueAt, string? Code, string? Reason);

public sealed record TracedSubscription(
    long Id,
    string Product,
    string Status,
    string BillingPeriod,
    int Quantity,
    decimal UnitPrice,
    string Currency,
    DateTimeOffset CurrentPeriodEnd
);

public sealed record TracedSite(long Id, string Domain, string Status, long? ServerId, string? Server);

public sealed record TracedAttempt(
    long TaskId,
    int Attempt,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    string? Outcome,
    string? ErrorCode,
    string? Error
);

public sealed record TracedLogLine(long TaskId, int Attempt, int Seq, DateTimeOffset At, string Level, string Message);

/// <summary>Everything about one order, of one moment.</summary>
public sealed record OrderTrace(
    TracedOrder Order,
    TracedJob? Job,
    IReadOnlyList<TracedSubscription> Subscriptions,
    IReadOnlyList<TaskFacts> Tasks,
    IReadOnlyList<TracedAttempt> Attempts,
    IReadOnlyList<TracedLogLine> Log,
    IReadOnlyList<TracedSite> Sites,
    IReadOnlyList<TimelineLine> Timeline
);
