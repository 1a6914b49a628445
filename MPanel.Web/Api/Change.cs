using Microsoft.AspNetCore.Http.HttpResults;

namespace MPanel.Web.Api;

/// <summary>What became of a change that pages and API ask for alike.</summary>
/// <typeparam name="T">The record as it is read.</typeparam>
public abstract record Change<T>
{
    /// <param name="Id">Of the record.</param>
    public sealed record Saved(long Id) : Change<T>;

    /// <param name="Faults">Every wrong field.</param>
    public sealed record Refused(IReadOnlyList<FieldError> Faults) : Change<T>;

    /// <summary>Somebody saved another version meanwhile; nothing was changed.</summary>
    public sealed record Conflict(T Now) : Change<T>;

    public sealed record Missing : Change<T>;
}

public static class Conflicts
{
    /// <summary>409: the record was changed since it was read; nothing was overwritten.</summary>
    /// <param name="version">Its version by now.</param>
    public static ProblemHttpResult With(string what, int version) =>
        Problems.Of(
            StatusCodes.Status409Conflict,
            "conflict",
            $"Somebody else changed this {what} meanwhile: it is at version {version}. Nothing was saved."
        );
}
