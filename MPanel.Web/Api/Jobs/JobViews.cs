using MPanel.Database.Jobs;
using MPanel.Jobs.Engine;

namespace MPanel.Web.Api.Jobs;

/// <summary>A piece of background work.</summary>
/// <param name="Kind">Such as <c>order</c>.</param>
/// <param name="Subject">What it is about: an order's reference.</param>
/// <param name="State">ready, running, waiting (for its next attempt), stopped (a person must decide), done or cancelled.</param>
/// <param name="Step">Kind of the step that it stands at; of its last one when it is done.</param>
/// <param name="Attempt">Attempts at that step.</param>
/// <param name="Code">Why the last attempt failed, until its step is done; null where none did, as is the reason.</param>
/// <param name="Payload">JSON: its arguments.</param>
public sealed record JobView(
    long Id,
    string Kind,
    string Subject,
    string State,
    string Step,
    int Attempt,
    DateTimeOffset DueAt,
    string? Code,
    string? Reason,
    string Payload,
    string CorrelationId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt
)
{
    public static JobView Of(JobRow job, StepCatalogue catalogue) =>
        new(
            job.Id,
            job.Kind,
            job.Title,
            job.State,
            catalogue.StepAt(job.Kind, job.Step),
            job.Spent,
            job.DueAt,
            job.Code,
            job.Reason,
            job.Payload,
            job.CorrelationId,
            job.CreatedAt,
            job.UpdatedAt,
            job.DoneAt
        );
}

/// <param name="State">done, the job's own state where it stands, or to_come.</param>
public sealed record JobStepView(string Kind, string Title, string State)
{
    public static IReadOnlyList<JobStepView> Of(JobRow job, StepCatalogue catalogue) =>
        catalogue.Chain(job.Kind) is { } chain
            ?
            [
                .. chain.Steps.Select(
                    (kind, position) =>
                        new JobStepView(
                            kind,
                            catalogue.Step(kind).Title,
                            position < job.Step ? JobState.Done
                                : position == job.Step ? job.State
                                : "to_come"
                        )
                ),
            ]
            : [];
}

/// <param name="Steps">All its steps, in the order they run.</param>
public sealed record JobDetailView(JobView Job, IReadOnlyList<JobStepView> Steps);

/// <param name="Kind">Of the step that it stands at.</param>
public sealed record JobChanged(long Id, string Kind, string Subject);
