using System.Text.Json.Serialization;

namespace MPanel.StripeSimulator.Failures;

/// <summary>What can go wrong on purpose. On the wire in snake case.</summary>
public enum FailureKind
{
    /// <summary>Confirming is declined (402 card_error); reading shows a payment that was declined.</summary>
    Decline,

    /// <summary>429, with Retry-After when <see cref="Failure.RetryAfterSeconds"/> is given, and with <see cref="Failure.Reason"/>.</summary>
    RateLimited,

    /// <summary>429 lock_timeout: something else works on the object.</summary>
    LockTimeout,

    /// <summary>500, or <see cref="Failure.Status"/>.</summary>
    ServerError,

    /// <summary>409 idempotency_key_in_use.</summary>
    Conflict,

    /// <summary>401 invalid key.</summary>
    Unauthorized,

    /// <summary>403: a restricted key may not do this.</summary>
    Forbidden,

    /// <summary>404 resource_missing.</summary>
    NotFound,

    /// <summary>Never answers, until the switch is cleared or the caller leaves.</summary>
    Timeout,

    /// <summary>Answers after <see cref="Failure.DelayMs"/>.</summary>
    Slow,

    /// <summary>The connection is cut before any answer.</summary>
    Reset,

    /// <summary>The connection is cut in the middle of a 200.</summary>
    Truncated,

    /// <summary><see cref="Failure.Status"/>, or 200, with <see cref="Failure.Body"/> and <see cref="Failure.Headers"/> as they are given.</summary>
    Verbatim,

    /// <summary>200 with half a document.</summary>
    MalformedJson,

    /// <summary>200 with a payment that lacks its amount.</summary>
    MissingField,

    /// <summary>One minor unit less than was paid.</summary>
    WrongAmount,

    /// <summary>Another currency: eur, or usd when it was eur.</summary>
    WrongCurrency,

    /// <summary>Refunded in full.</summary>
    Refunded,
    Disputed,
    Processing,
    Canceled,

    /// <summary>livemode is the other one.</summary>
    ModeMismatch,
}

/// <summary>When it goes wrong, for the kinds that break a call. What <see cref="FailureKind.Decline"/> and the kinds below it do is the same at all times.</summary>
public enum FailureMoment
{
    /// <summary>Nothing was done, and nothing is known of the call's idempotency key.</summary>
    Before,

    /// <summary>For <see cref="FailureKind.Slow"/>: while the call's key is in use. For <see cref="FailureKind.ServerError"/>: nothing was done, and the 500 is kept for the key.</summary>
    During,

    /// <summary>All was done, and the answer is kept for the key. With <see cref="FailureKind.ServerError"/> it is the 500 that is kept.</summary>
    After,
}

/// <param name="PaymentIntent">Only calls about this payment; null for every call.</param>
/// <param name="Path">Only calls of this path, such as <c>/v1/invoice_payments</c>; null for every path.</param>
/// <param name="Method">Only calls with this method, such as <c>POST</c>; null for every method.</param>
/// <param name="When">Before anything was done, unless it says otherwise.</param>
/// <param name="Count">How many calls; null until cleared.</param>
/// <param name="DelayMs">For <see cref="FailureKind.Slow"/>.</param>
/// <param name="RetryAfterSeconds">Sent as Retry-After with the kinds that answer an error.</param>
/// <param name="Reason">For <see cref="FailureKind.RateLimited"/>: Stripe-Rate-Limited-Reason, such as <c>global-rate</c> or <c>endpoint-concurrency</c>.</param>
/// <param name="Status">For <see cref="FailureKind.ServerError"/> and <see cref="FailureKind.Verbatim"/>: another status.</param>
/// <param name="ShouldRetry">Sent as Stripe-Should-Retry.</param>
/// <param name="Body">For <see cref="FailureKind.Verbatim"/>.</param>
/// <param name="Headers">For <see cref="FailureKind.Verbatim"/>: sent beside the usual ones.</param>
public sealed record Failure(
    [property: JsonRequired] FailureKind Kind,
    string? PaymentIntent = null,
    string? Path = null,
    int? Count = null,
    int DelayMs = 1000,
    int? RetryAfterSeconds = null,
    int? Status = null,
    bool? ShouldRetry = null,
    string? Body = null,
    IReadOnlyDictionary<string, string>? Headers = null,
    string? Method = null,
    FailureMoment When = FailureMoment.Before,
    string? Reason = null
);
