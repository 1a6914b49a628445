using MPanel.Database.Jobs;

namespace MPanel.Web.Api.Jobs;

/// <summary>A step of background work.</summary>
/// <param name="State">waiting, due, running, done, failed or cancelled.</param>
/// <param name="Verdict">review or given_up when failed, else null.</param>
/// <param name="LastErrorCode">Of the last attempt that failed, until the step is done.</param>
/// <param name="Payload">JSON: its arguments.</param>
public sealed record JobView(
    long Id,
    long ChainId,
    string ChainKind,
    string Subject,
    string CorrelationId,
    int Position,
    string Kind,
    string Payload,
    string State,
    string? Verdict,
    int Attempt,
    DateTimeOffset RunAt,
    DateTimeOffset? LeaseExpiresAt,
    string? LastErrorCode,
    string? LastError,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt
)
{
    public static JobView Of(JobRow job) =>
        new(
            job.Id,
            job.ChainId,
            job.ChainKind,
            job.Subject,
            job.CorrelationId,
            job.Position,
            job.Kind,
            job.Payload,
            job.State,
            job.Verdict,
            job.Attempt,
            job.RunAt,
            job.LeaseExpiresAt,
            job.LastErrorCode,
            job.LastError,
            job.CreatedAt,
            job.UpdatedAt,
            job.FinishedAt
        );
}

/// <param name="Chain">All its steps in the order they run, the job itself among them.</param>
public sealed record JobDetailView(JobView Job, IReadOnlyList<JobView> Chain);

public sealed record JobChanged(long Id, string Kind, string Subject);
