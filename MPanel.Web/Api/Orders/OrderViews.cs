using MPanel.Database.Orders;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;

namespace MPanel.Web.Api.Orders;

/// <param name="Total">Major units.</param>
public sealed record OrderPart(string Status, decimal Total, string Currency, string? InvoiceNumber);

/// <param name="WaitingFor">What a pending task waits for; null for any other.</param>
public sealed record OrderTask(
    long Id,
    string Type,
    string Domain,
    string Status,
    string? Server,
    int Attempt,
    string? WaitingFor,
    string? ErrorCode,
    string? Error
);

/// <summary>An order as the marketing API sees it: where it stands and what happened, nothing about the customer.</summary>
/// <param name="Status">received, processing, completed, needs_review or rejected.</param>
/// <param name="Order">Null until the order exists.</param>
public sealed record OrderView(
    string Reference,
    string Status,
    string? ReasonCode,
    string? Reason,
    OrderPart? Order,
    IReadOnlyList<OrderTask> Tasks,
    IReadOnlyList<TimelineLine> Timeline
);

/// <summary>The same as an admin sees it.</summary>
public sealed record AdminOrderView(
    string PaymentIntentId,
    string CustomerEmail,
    string PrimaryDomain,
    string CorrelationId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    OrderView Details
);

/// <summary>An order in the list.</summary>
/// <param name="Status">Of its intake: received, processing, completed, needs_review or rejected.</param>
/// <param name="OrderStatus">paid, provisioning, completed, needs_review, refunded or cancelled; null until the order exists, as Total and Currency.</param>
public sealed record AdminOrderRow(
    string Reference,
    string Status,
    string? ReasonCode,
    string? Reason,
    string? OrderStatus,
    decimal? Total,
    string? Currency,
    string PrimaryDomain,
    string CustomerEmail,
    string PaymentIntentId,
    DateTimeOffset CreatedAt
)
{
    public static AdminOrderRow Of(OrderRow order) =>
        new(
            order.Reference,
            order.Status,
            order.ReasonCode,
            order.Reason,
            order.OrderState,
            order.Total,
            order.Currency,
            order.Domain ?? "",
            order.CustomerEmail ?? "",
            order.PaymentIntentId,
            order.CreatedAt
        );
}
