namespace MPanel.Jobs.Engine;

/// <summary>
/// What an engine is for: workers, clustering, recurring schedules, its dashboard. It carries step ids; the ledger says what they
/// mean, so the engine may lose or repeat any of them without harm.
/// </summary>
public interface IJobEngine
{
    /// <summary>Whether a job walks on to the chain's next step itself, or each step is a job of its own.</summary>
    bool Walks { get; }

    /// <summary>Started and not stopped: it takes dispatches.</summary>
    bool IsReady { get; }

    /// <summary>Prepares the engine's storage and, in a process that runs workers, starts them. Called once, after migrations.</summary>
    Task Start(CancellationToken cancellationToken);

    /// <summary>Takes no more work and waits for what is running, within the bound the token sets.</summary>
    Task Stop(CancellationToken cancellationToken);

    /// <summary>Hands steps over, in few round trips. Throws when the engine can't take them; the sweep will come again.</summary>
    Task Dispatch(IReadOnlyList<StepDispatch> steps, CancellationToken cancellationToken);

    /// <summary>Makes the recurring schedules exactly these. Each occurrence calls <see cref="Occurrences.Start"/> on some process.</summary>
    Task ScheduleRecurring(IReadOnlyList<RecurringStep> jobs, CancellationToken cancellationToken);
}

/// <param name="Title">For the engine's dashboard.</param>
/// <param name="RunAt">Not before; what is past means now.</param>
public sealed record StepDispatch(long StepId, string Title, DateTimeOffset RunAt);

/// <param name="Kind">Of the one step each occurrence runs; unique among recurring steps.</param>
/// <param name="Does">A sentence for people.</param>
/// <param name="Cron">Five fields, as in crontab: minute, hour, day of month, month, day of week.</param>
/// <param name="TimeZone">IANA name, such as <c>Europe/Berlin</c>.</param>
public sealed record RecurringStep(string Kind, string Cron, string Does, string TimeZone = "Etc/UTC");
