using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Disputes;

/// <param name="Amount">Minor units. It may differ from the charge's.</param>
internal sealed record SimulatedDispute(
    string Id,
    string Charge,
    string PaymentIntent,
    long Amount,
    string Currency,
    string Status,
    bool Livemode,
    long Created
) : IStripeObject
{
    public string Reason { get; init; } = "fraudulent";

    /// <summary>Until when evidence counts; null when nobody says.</summary>
    public long? DueBy { get; init; }

    /// <summary>What was handed in; null when nothing was.</summary>
    public string? Evidence { get; init; }

    /// <summary>Of the account's balance, oldest first.</summary>
    public IReadOnlyList<string> BalanceTransactions { get; init; } = [];
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>A question of the bank's: no money has moved.</summary>
    public bool IsInquiry => Status.StartsWith("warning_", StringComparison.Ordinal);

    /// <summary>The amount is not with the account.</summary>
    public bool HoldsMoney => !IsInquiry && Status is not (DisputeStatus.Won or DisputeStatus.Prevented);

    public bool IsClosed => Status is DisputeStatus.Won or DisputeStatus.Lost or DisputeStatus.WarningClosed or DisputeStatus.Prevented;
}

internal static class DisputeStatus
{
    public const string WarningNeedsResponse = "warning_needs_response";
    public const string WarningUnderReview = "warning_under_review";
    public const string WarningClosed = "warning_closed";
    public const string NeedsResponse = "needs_response";
    public const string UnderReview = "under_review";
    public const string AppealNeedsResponse = "appeal_needs_response";
    public const string AppealUnderReview = "appeal_under_review";
    public const string Won = "won";
    public const string Lost = "lost";
    public const string Prevented = "prevented";

    public static string[] All { get; } =
    [
        WarningNeedsResponse,
        WarningUnderReview,
        WarningClosed,
        NeedsResponse,
        UnderReview,
        AppealNeedsResponse,
        AppealUnderReview,
        Won,
        Lost,
        Prevented,
    ];
}
