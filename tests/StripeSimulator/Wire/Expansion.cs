using System.Text.Json.Nodes;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Wire;

/// <summary>Stripe's <c>expand</c>: an id is replaced by its object, along paths such as <c>data.latest_charge.balance_transaction</c>.</summary>
internal static class Expansion
{
    private const int Deepest = 4;

    public static IStripeAnswer Of(StripeCall call, IStripeAnswer answer)
    {
        if (answer is StripeError || call.Form.List("expand") is not { } paths)
            return answer;
        var json = answer.ToJson();
        foreach (var path in paths)
        {
            var steps = path.Split('.');
            if (steps.Length > Deepest)
                return StripeError.Parameter(
                    $"You cannot expand more than 4 levels of a property. Property: {path}",
                    "expand",
                    "property_expansion_too_deep"
                );
            if (!Walk(json, steps, call.State))
                return StripeError.Parameter($"This property cannot be expanded ({path}).", "expand");
        }
        return StripeJson.Ok(json);
    }

    private static bool Walk(JsonNode? node, ReadOnlySpan<string> steps, StripeState state)
    {
        if (node is null || steps.IsEmpty)
            return true;
        if (node is JsonArray array)
        {
            foreach (var item in array)
                if (!Walk(item, steps, state))
                    return false;
            return true;
        }
        if (node is not JsonObject json)
            return false;
        var name = steps[0];
        if (!json.ContainsKey(name) && !OnlyExpanded.Add(json, name, state))
            return false;
        if (json[name] is JsonValue value)
        {
            if (!value.TryGetValue<string>(out var id) || Rendering.Find(state, id) is not { } whole)
                return false;
            json[name] = whole;
        }
        return Walk(json[name], steps[1..], state);
    }
}
