using System.Security.Cryptography;
using System.Text.Json;
using MPanel.Database.Domains;
using MPanel.Database.Jobs;
using MPanel.Database.Orders;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Orders;

namespace MPanel.Web.Pages.Orders;

/// <summary>An item as it was ordered, beside what the catalogue says of it today.</summary>
/// <param name="Catalogue">Major units; null when it isn't on sale so.</param>
public sealed record OrderedItem(
    string Code,
    string Name,
    long? ProductId,
    string BillingPeriod,
    int Quantity,
    decimal UnitPrice,
    decimal? Catalogue
)
{
    public bool Differs => Catalogue != UnitPrice;
}

/// <summary>What the trace page shows of one order at one moment.</summary>
/// <param name="Neighbours">Where it stopped for a domain of another customer: whose those are.</param>
/// <param name="PaymentLink">Into Stripe's dashboard; null where a simulator stands in for Stripe.</param>
public sealed record TraceView(
    OrderTrace Trace,
    OrderBody Body,
    IReadOnlyList<OrderedItem> Items,
    IReadOnlyList<TraceStep> Steps,
    IReadOnlyList<NeighbouringDomain> Neighbours,
    string? PaymentLink
)
{
    public TracedOrder Order => Trace.Order;

    public TracedIntake Intake => Trace.Order.Intake;

    public string Path => $"/orders/{Intake.Reference}";

    public bool Stopped =>
        Intake.Status == IntakeState.NeedsReview
        || Steps.Any(s => s.State is TraceState.NeedsReview or TraceState.Rejected or TraceState.Failed && s.TaskId == 0);

    /// <summary>Id of the work on it, where that stopped; null while it goes on by itself, and when it was given up.</summary>
    public long? StoppedAt => Trace.Job is { State: JobState.Stopped } job ? job.Id : null;

    /// <summary>What somebody may decide about the reason that it stopped for.</summary>
    public IReadOnlyList<string> Decisions =>
        Intake is { Status: IntakeState.NeedsReview, ReasonCode: { } reason } ? OrderReview.Of(reason) : [];

    public bool CanAcceptPrices => Intake is { Status: IntakeState.NeedsReview, ReasonCode: OrderStep.PriceMismatch };

    /// <summary>From the shop's call until every site of the order answered for the first time; null until they do.</summary>
    public TimeSpan? UntilAnswering =>
        Trace.Sites.Count > 0 && Trace.Sites.All(s => s.Status == WebsiteState.Active)
            ? Trace
                .Tasks.Where(t => t is { Type: TaskKind.Hosting, Status: TaskState.Success })
                .GroupBy(t => t.Domain)
                .Max(site => site.Min(t => t.FinishedAt)) - Intake.CreatedAt
            : null;

    /// <summary>What the customer still lacks although every site of the order answers; null before that, and when nothing is lacking.</summary>
    public string? StillToCome
    {
        get
        {
            var open = Trace
                .Tasks.Where(t => t.Status is not (TaskState.Success or TaskState.Cancelled))
                .Select(t => OrderWords.Task(t.Type).ToLowerInvariant() + (t.Status == TaskState.Failed ? " (failed)" : ""))
                .Distinct()
                .ToList();
            return UntilAnswering is null || open.Count == 0
                ? null
                : $"{(Trace.Sites.Count == 1 ? "Website answers" : "Websites answer")}; still to come: {string.Join(", ", open)}";
        }
    }

    public int Done => Steps.Count(s => s.Ended);

    /// <summary>Nobody need do anything now.</summary>
    public bool GoesOn => LookAgainIn == 2 || Steps.Any(s => s.NextTry is not null);

    /// <summary>Seconds until the page looks again; null when nothing will change by itself.</summary>
    public int? LookAgainIn =>
        Steps.All(s => s.Ended) ? null
        : Steps.Any(s => s.Moves || s.NextTry < Trace.ReadAt.AddSeconds(20)) ? 2
        : Intake.Status is IntakeState.Received or IntakeState.Processing && !Steps.Any(s => s.NextTry is not null) ? 2
        : 15;

    /// <summary>Names what is shown: as long as it is the same, the page need not be drawn again.</summary>
    public string Fingerprint =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        Order,
                        Steps,
                        Trace.Log,
                        Trace.Attempts,
                        Trace.Subscriptions,
                        Trace.Timeline,
                        Items,
                        LookAgainIn,
                    }
                )
            )
        )[..16];
}
