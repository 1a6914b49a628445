using Dapper;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

/// <summary>An order's head: as far as it exists.</summary>
/// <param name="PricesAccepted">Null unless a person accepted prices that are not the catalogue's.</param>
/// <param name="Customer">Null until the customer is known.</param>
/// <param name="Payment">Null until it was confirmed.</param>
/// <param name="Delivery">Null until the order is written.</param>
/// <param name="Invoice">The newest; null until there is one.</param>
public sealed record TracedOrder(
    TracedIntake Intake,
    AcceptedPrices? PricesAccepted,
    TracedCustomer? Customer,
    TracedPayment? Payment,
    TracedDelivery? Delivery,
    TracedInvoice? Invoice
);

/// <param name="Status">See <see cref="IntakeState"/>.</param>
/// <param name="Body">Canonical JSON of what was ordered.</param>
public sealed record TracedIntake(
    long Id,
    string Reference,
    string Status,
    string? ReasonCode,
    string? Reason,
    string PaymentIntentId,
    string Body,
    string CorrelationId,
    DateTimeOffset CreatedAt
);

public sealed record AcceptedPrices(DateTimeOffset At, string By);

public sealed record TracedCustomer(long Id, string Name, string Email);

/// <param name="Amount">Major units.</param>
public sealed record TracedPayment(string Status, decimal Amount, string Currency, bool LiveMode);

/// <param name="OrderId">Id of the order's row, which comes after the intake's.</param>
/// <param name="State">See <see cref="OrderState"/>.</param>
public sealed record TracedDelivery(long OrderId, string State);

public sealed record TracedInvoice(long Id, string Number, string Status);

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
/// <param name="ReadAt">That moment, by the database's clock.</param>
public sealed record OrderTrace(
    DateTimeOffset ReadAt,
    TracedOrder Order,
    TracedJob? Job,
    IReadOnlyList<TracedSubscription> Subscriptions,
    IReadOnlyList<TaskFacts> Tasks,
    IReadOnlyList<TracedAttempt> Attempts,
    IReadOnlyList<TracedLogLine> Log,
    IReadOnlyList<TracedSite> Sites,
    IReadOnlyList<TimelineLine> Timeline
);
