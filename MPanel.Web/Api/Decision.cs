using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MPanel.Web.Api;

/// <summary>What became of a person's decision about one thing.</summary>
/// <param name="Status">What it is now; null when nothing was changed.</param>
/// <param name="Code">Stable code of why nothing was changed, <c>not_found</c> among them; null when it was.</param>
/// <param name="Text">One sentence for people: what was done, or why not.</param>
public sealed record Decision(long Id, string? Status, string? Code, string Text)
{
    public bool Refused => Code is not null;

    public static Decision Done(long id, string status, string text) => new(id, status, null, text);

    public static Decision Refuse(long id, string code, string text) => new(id, null, code, text);

    /// <param name="what">Names the thing where there is none.</param>
    /// <param name="status">Of any refusal but its absence.</param>
    public ProblemHttpResult Problem(string what, int status = StatusCodes.Status409Conflict) =>
        Code == "not_found" ? Problems.NotFound(what) : Problems.Of(status, Code!, Text);
}

/// <summary>One thing that a bulk decision left as it was.</summary>
public sealed record RefusedItem(long Id, string Code, string Reason);

/// <param name="Done">Ids of what was changed.</param>
public sealed record BulkAnswer(IReadOnlyList<long> Done, IReadOnlyList<RefusedItem> Refused)
{
    public static BulkAnswer Of(IReadOnlyCollection<Decision> decisions) =>
        new(
            [.. decisions.Where(d => !d.Refused).Select(d => d.Id)],
            [.. decisions.Where(d => d.Refused).Select(d => new RefusedItem(d.Id, d.Code!, d.Text))]
        );
}

/// <param name="Ids">At most 500; one named twice counts once.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BulkRequest(IReadOnlyList<long>? Ids)
{
    public const int Most = 500;

    public FieldError? Error =>
        Ids is not { Count: > 0 } ? new FieldError("ids", "required", "Must name at least one id.")
        : Ids.Count > Most ? new FieldError("ids", "too_many", $"Must be at most {Most}.")
        : null;

    /// <summary>One after the other, each in a transaction of its own: what is refused holds up nothing else.</summary>
    public static async Task<List<Decision>> Each(IEnumerable<long> ids, Func<long, Task<Decision>> decide)
    {
        var decisions = new List<Decision>();
        foreach (var id in ids.Distinct().Order())
            decisions.Add(await decide(id));
        return decisions;
    }
}
