using System.Text.Json.Serialization;
using MPanel.Jobs.Outcomes;

namespace MPanel.Web.Api;

/// <summary>One thing of a bulk action.</summary>
/// <param name="Why">Why it was left as it was; null when the action was done.</param>
public sealed record BulkItem(long Id, Refusal? Why)
{
    /// <param name="what">Names the thing where there is none.</param>
    public static BulkItem Of<T>(long id, string what, Outcome<T> outcome) =>
        new(
            id,
            outcome switch
            {
                Outcome<T>.Done => null,
                Outcome<T>.Refused refused => refused.Why,
                Outcome<T>.Missing => Refusal.State("not_found", $"There is no {what} {id}."),
                _ => Refusal.State("conflict", $"Somebody else changed {what} {id} meanwhile."),
            }
        );
}

/// <summary>One thing that a bulk action left as it was.</summary>
public sealed record RefusedItem(long Id, string Code, string Reason);

/// <param name="Done">Ids of what was changed.</param>
public sealed record BulkAnswer(IReadOnlyList<long> Done, IReadOnlyList<RefusedItem> Refused)
{
    public static BulkAnswer Of(IReadOnlyCollection<BulkItem> items) =>
        new(
            [.. items.Where(i => i.Why is null).Select(i => i.Id)],
            [.. items.Where(i => i.Why is not null).Select(i => new RefusedItem(i.Id, i.Why!.Code, i.Why.Text))]
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
    /// <param name="what">Names the thing where there is none.</param>
    public static async Task<List<BulkItem>> Each<T>(IEnumerable<long> ids, string what, Func<long, Task<Outcome<T>>> act)
    {
        var items = new List<BulkItem>();
        foreach (var id in ids.Distinct().Order())
            items.Add(BulkItem.Of(id, what, await act(id)));
        return items;
    }
}
