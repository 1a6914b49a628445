using MPanel.Database.Disputes;
using MPanel.Database.Payments;
using MPanel.Database.Refunds;
using MPanel.Web.Api.Invoices;

namespace MPanel.Web.Api.Payments;

/// <summary>A payment in the list.</summary>
/// <param name="Method">stripe, bank_transfer or other.</param>
/// <param name="Status">succeeded, partially_refunded, refunded, disputed or lost.</param>
/// <param name="Amount">Major units, as all of these.</param>
/// <param name="Refunded">And what is on its way back.</param>
/// <param name="Disputed">What a bank holds or has taken back.</param>
/// <param name="ReceivedAt">By Stripe's clock; null while unknown.</param>
/// <param name="Card">Such as <c>visa 4242</c>; null for no card, and while unknown.</param>
/// <param name="StripeUrl">Null where there is no Stripe.</param>
public sealed record PaymentView(
    long Id,
    string Method,
    string Status,
    decimal Amount,
    string Currency,
    decimal Refunded,
    decimal Disputed,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ReceivedAt,
    string? Card,
    string? PaymentIntent,
    long? CustomerId,
    string? Customer,
    string? OrderReference,
    string? StripeUrl
)
{
    public static PaymentView Of(PaymentRow p, StripeDashboard stripe) =>
        new(
            p.Id,
            p.Method,
            p.Status,
            p.Amount,
            p.Currency,
            p.Refunded,
            p.Disputed,
            p.CreatedAt,
            p.ReceivedAt,
            CardText(p.CardBrand, p.CardLast4),
            p.PaymentIntent,
            p.CustomerId,
            p.Customer,
            p.OrderReference,
            stripe.Payment(p.PaymentIntent, p.Livemode)
        );

    /// <summary>Null where neither is known.</summary>
    public static string? CardText(string? brand, string? last4) => brand is null && last4 is null ? null : $"{brand} {last4}".Trim();
}

/// <summary>A payment with all that is known of it.</summary>
/// <param name="Facts">What Stripe knows besides the money.</param>
/// <param name="Allocations">Which invoices it paid.</param>
public sealed record PaymentFullView(
    PaymentView Payment,
    PaymentSums Sums,
    PaymentFacts Facts,
    IReadOnlyList<PaymentAllocation> Allocations,
    IReadOnlyList<RefundListView> Refunds,
    IReadOnlyList<DisputeView> Disputes,
    IReadOnlyList<StripeEventView> Events
);

/// <summary>A refund in the list.</summary>
/// <param name="Status">requested, pending, succeeded, failed or cancelled.</param>
/// <param name="StripeId">Null until Stripe took it.</param>
/// <param name="Failure">What Stripe says of one that failed; null for others.</param>
/// <param name="Actor">Who asked; stripe for one that was made there.</param>
/// <param name="CreditNote">Null where there is none.</param>
public sealed record RefundListView(
    long Id,
    decimal Amount,
    string Currency,
    string Status,
    string Reason,
    string? Failure,
    string Actor,
    string? StripeId,
    long PaymentId,
    long? InvoiceId,
    string? Invoice,
    string? CreditNote,
    DateTimeOffset CreatedAt
)
{
    public static RefundListView Of(RefundRow r) =>
        new(
            r.Id,
            r.Amount,
            r.Currency,
            r.Status,
            r.Reason,
            r.Failure,
            r.Actor,
            r.StripeId,
            r.PaymentId,
            r.InvoiceId,
            r.Invoice,
            r.CreditNote,
            r.CreatedAt
        );
}

/// <summary>A dispute in the list.</summary>
/// <param name="Status">inquiry, needs_response, under_review, won, lost or closed.</param>
/// <param name="StripeStatus">Stripe's own word for it.</param>
/// <param name="NeedsAnswer">Whether Stripe waits for one.</param>
/// <param name="Booked">Where the money is: none (with us), held (by the bank) or lost.</param>
/// <param name="BookedAmount">How much of the payment that is.</param>
/// <param name="Fee">Taken by Stripe for it; null while unknown.</param>
/// <param name="DueAt">Until when evidence counts; null where Stripe names no day.</param>
/// <param name="StripeUrl">Where evidence is handed in; null where there is no Stripe.</param>
public sealed record DisputeView(
    long Id,
    string StripeId,
    decimal Amount,
    string Currency,
    string Status,
    string StripeStatus,
    bool NeedsAnswer,
    string Reason,
    string Booked,
    decimal BookedAmount,
    decimal? Fee,
    string? FeeCurrency,
    DateTimeOffset? DueAt,
    DateTimeOffset OpenedAt,
    long PaymentId,
    string? OrderReference,
    long? CustomerId,
    string? Customer,
    string? StripeUrl
)
{
    public static DisputeView Of(DisputeRow d, StripeDashboard stripe) =>
        new(
            d.Id,
            d.StripeId,
            d.Amount,
            d.Currency,
            d.Status,
            d.StripeStatus,
            DisputeText.NeedsAnswer(d),
            d.Reason,
            d.Booked,
            d.BookedAmount,
            d.Fee,
            d.FeeCurrency,
            d.DueAt,
            d.OpenedAt,
            d.PaymentId,
            d.OrderReference,
            d.CustomerId,
            d.Customer,
            stripe.Dispute(d.StripeId, d.Livemode)
        );
}

/// <summary>An event of Stripe's in the list.</summary>
/// <param name="State">received, applied, ignored or waiting.</param>
/// <param name="Outcome">What it did, or why nothing; null while it is looked into.</param>
/// <param name="Looks">How often it was taken up.</param>
/// <param name="CameBy">webhook, or fetched because the webhook never came.</param>
/// <param name="Created">By Stripe's clock.</param>
/// <param name="PaymentId">Null while the panel doesn't know the payment.</param>
public sealed record StripeEventView(
    long Id,
    string EventId,
    string Type,
    string ObjectId,
    string? PaymentIntent,
    DateTimeOffset Created,
    string State,
    string? Outcome,
    int Looks,
    string CameBy,
    DateTimeOffset ReceivedAt,
    long? PaymentId
)
{
    public static StripeEventView Of(StripeEventListRow e) =>
        new(
            e.Id,
            e.EventId,
            e.Type,
            e.ObjectId,
            e.PaymentIntent,
            e.Created,
            e.State,
            e.Outcome,
            e.Looks,
            e.CameBy,
            e.ReceivedAt,
            e.PaymentId
        );
}

/// <param name="Attempts">The times that it was taken up, the newest first; those of long ago are forgotten.</param>
public sealed record StripeEventFullView(StripeEventView Event, IReadOnlyList<StripeEventLook> Attempts);
