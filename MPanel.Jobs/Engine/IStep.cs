using Npgsql;

namespace MPanel.Jobs.Engine;

/// <summary>One kind of step. Run may be called again after a crash at any line, so it must find its own traces and do nothing twice.</summary>
public interface IStep
{
    /// <summary>Unique over all steps, such as <c>order.payment</c>.</summary>
    string Kind { get; }

    /// <summary>For people, on the dashboard, such as "Payment".</summary>
    string Title => Kind;

    /// <summary>Delays between attempts; when they are spent, the step is given up.</summary>
    RetrySchedule Retries { get; }

    /// <summary>
    /// Calls to the outside come first, under the lease; then <see cref="StepRun.Begin"/>, and the business writes in the
    /// transaction it returns, which steps before this one may have written to. It is committed together with the steps' being done.
    /// Any verdict but Done undoes what this step wrote.
    /// </summary>
    /// <returns>Expected refusals are verdicts. An exception is a bug or an outage: logged, and retried by the same schedule.</returns>
    Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken);
}

/// <summary>How an attempt ended.</summary>
public abstract record StepVerdict
{
    private StepVerdict() { }

    /// <param name="Note">One line for people, or null.</param>
    /// <param name="Announce">Run after the commit, to tell others of it; its failure is logged and changes nothing.</param>
    public sealed record Done(string? Note = null, Func<NpgsqlConnection, Task>? Announce = null) : StepVerdict;

    /// <summary>The cause may pass by itself.</summary>
    /// <param name="After">Wait at least this long; never less than the schedule says, which also says when to give up.</param>
    public sealed record Retry(string Code, string Message, TimeSpan? After = null) : StepVerdict;

    /// <summary>A person must decide: the work stops here until resumed.</summary>
    public sealed record Review(string Code, string Message) : StepVerdict;

    /// <summary>Final: there is nothing left to do for anybody. The rest of the work is cancelled.</summary>
    public sealed record Close(string Code, string Message) : StepVerdict;
}
