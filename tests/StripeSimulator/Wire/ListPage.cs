using System.Globalization;
using System.Text.Json.Nodes;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Wire;

/// <summary>A list as Stripe gives it: newest first, in pages by cursor. https://docs.stripe.com/api/pagination</summary>
internal static class ListPage
{
    public static string[] Parameters { get; } = ["limit", "starting_after", "ending_before"];

    /// <param name="all">What belongs into the list, in the order it came.</param>
    public static IStripeAnswer Of<T>(StripeCall call, IEnumerable<T> all, string url, Func<T, JsonObject> json)
        where T : IStripeObject
    {
        var form = call.Form;
        var limit = 10;
        if (form["limit"] is { } text && (!int.TryParse(text, NumberStyles.None, null, out limit) || limit is < 1 or > 100))
            return StripeError.Parameter("Limit must be between 1 and 100.", "limit", "parameter_invalid_integer");
        if (CreatedFilter(form) is not { } created)
            return StripeError.Parameter("Invalid created: it has to be an integer, or an object with gt, gte, lt or lte.", "created");
        List<T> items = [.. all.Where(o => o.Livemode == call.LiveMode && created(o.Created)).Reverse().OrderByDescending(o => o.Created)];
        if (Missing(form, items) is { } missing)
            return missing;
        var after = form["starting_after"] is { } last ? items.FindIndex(o => o.Id == last) + 1 : 0;
        var before = form["ending_before"] is { } first ? items.FindIndex(o => o.Id == first) : -1;
        List<T> rest = before >= 0 ? items[..before] : items[after..];
        List<T> page = before >= 0 ? [.. rest.TakeLast(limit)] : [.. rest.Take(limit)];
        return StripeJson.Ok(Json(url, page.Select(json), hasMore: rest.Count > page.Count));
    }

    public static JsonObject Json(string url, IEnumerable<JsonObject> items, bool hasMore = false) =>
        new()
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. items]),
            ["has_more"] = hasMore,
            ["url"] = url,
        };

    private static StripeError? Missing<T>(Form form, List<T> items)
        where T : IStripeObject
    {
        if (form["starting_after"] is not null && form["ending_before"] is not null)
            return StripeError.Parameter("You may only specify one of these parameters: starting_after, ending_before.");
        foreach (var name in (string[])["starting_after", "ending_before"])
            if (form[name] is { } cursor && items.All(o => o.Id != cursor))
                return StripeError.Invalid($"No such object: '{cursor}'", name, "resource_missing");
        return null;
    }

    private static Func<long, bool>? CreatedFilter(Form form)
    {
        List<Func<long, bool>> all = [];
        foreach (var (name, text) in form.Values.Where(v => v.Key.Split('[')[0] == "created"))
        {
            if (!long.TryParse(text, NumberStyles.None, null, out var bound))
                return null;
            Func<long, bool>? one = name switch
            {
                "created" => at => at == bound,
                "created[gt]" => at => at > bound,
                "created[gte]" => at => at >= bound,
                "created[lt]" => at => at < bound,
                "created[lte]" => at => at <= bound,
                _ => null,
            };
            if (one is null)
                return null;
            all.Add(one);
        }
        return at => all.All(one => one(at));
    }
}
