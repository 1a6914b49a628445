using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api;

/// <summary>The API's one way of saying how an action ended. Pages say it with <c>PanelPage.NotDone</c>.</summary>
public static class OutcomeAnswers
{
    private const string ChangedMeanwhile = "Somebody else changed this meanwhile. Load it again.";

    /// <param name="what">Names the thing where there is none.</param>
    /// <param name="done">What is answered when it was done.</param>
    /// <param name="conflict">A sentence about what somebody else saved meanwhile.</param>
    public static async Task<Results<TAnswer, ProblemHttpResult>> ToResult<T, TAnswer>(
        this Outcome<T> outcome,
        HttpContext context,
        string what,
        Func<T, Task<TAnswer>> done,
        Func<T, string>? conflict = null
    )
        where TAnswer : IResult =>
        outcome is Outcome<T>.Done { Value: var value } ? await done(value) : await outcome.ToProblem(context, what, conflict);

    /// <inheritdoc cref="ToResult{T,TAnswer}(Outcome{T},HttpContext,string,Func{T,Task{TAnswer}},Func{T,string})"/>
    public static Task<Results<TAnswer, ProblemHttpResult>> ToResult<T, TAnswer>(
        this Outcome<T> outcome,
        HttpContext context,
        string what,
        Func<T, TAnswer> done,
        Func<T, string>? conflict = null
    )
        where TAnswer : IResult => outcome.ToResult(context, what, value => Task.FromResult(done(value)), conflict);

    /// <summary>The problem that stands for an outcome other than done.</summary>
    /// <inheritdoc cref="ToResult{T,TAnswer}(Outcome{T},HttpContext,string,Func{T,Task{TAnswer}},Func{T,string})"/>
    public static async Task<ProblemHttpResult> ToProblem<T>(
        this Outcome<T> outcome,
        HttpContext context,
        string what,
        Func<T, string>? conflict = null
    )
    {
        switch (outcome)
        {
            case Outcome<T>.Missing:
                return Problems.NotFound(what);
            case Outcome<T>.Conflict { Current: var current }:
                return Problems.Of(StatusCodes.Status409Conflict, "conflict", conflict?.Invoke(current) ?? ChangedMeanwhile);
            case Outcome<T>.Refused { Why: var why }:
                if (why.Kind == RefusalKind.Authority)
                    await context.RequestServices.GetRequiredService<AccessDenials>().Record(context, AccessDenials.BeyondPermissions);
                return why.Kind == RefusalKind.Invalid
                    ? Problems.Invalid([.. why.Faults])
                    : Problems.Of(StatusOf(why.Kind), why.Code, why.Text);
            default:
                throw new InvalidOperationException("What was done is no problem.");
        }
    }

    /// <summary>The record was changed since it was read; nothing was overwritten.</summary>
    /// <param name="version">Its version by now.</param>
    public static string NothingSaved(string what, int version) =>
        $"Somebody else changed this {what} meanwhile: it is at version {version}. Nothing was saved.";

    private static int StatusOf(RefusalKind kind) =>
        kind switch
        {
            RefusalKind.Authority => StatusCodes.Status403Forbidden,
            RefusalKind.Unfit => StatusCodes.Status422UnprocessableEntity,
            _ => StatusCodes.Status409Conflict,
        };
}
