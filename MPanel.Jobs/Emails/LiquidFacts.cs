using System.Text.Json;
using Fluid;
using Fluid.Values;

namespace MPanel.Jobs.Emails;

/// <summary>What a template says something with: a JSON object, as Liquid reads it. Shared between the parts of one message.</summary>
/// <param name="missing">Given each name that is not there; what it returns stands for it. Null to let nothing stand for it.</param>
internal sealed class LiquidFacts(IReadOnlyDictionary<string, FluidValue> values, Func<string, FluidValue>? missing) : IFluidIndexable
{
    public int Count => values.Count;

    public IEnumerable<string> Keys => values.Keys;

    public bool TryGetValue(string name, out FluidValue value)
    {
        if (values.TryGetValue(name, out value!))
            return true;
        value = missing?.Invoke(name) ?? NilValue.Instance;
        return missing is not null;
    }

    public static FluidValue Of(JsonElement json, Func<string, FluidValue>? missing) =>
        json.ValueKind switch
        {
            JsonValueKind.Object => new DictionaryValue(
                new LiquidFacts(json.EnumerateObject().ToDictionary(p => p.Name, p => Of(p.Value, missing)), missing)
            ),
            JsonValueKind.Array => new ArrayValue([.. json.EnumerateArray().Select(e => Of(e, missing))]),
            JsonValueKind.Number => NumberValue.Create(json.GetDecimal()),
            JsonValueKind.True => BooleanValue.True,
            JsonValueKind.False => BooleanValue.False,
            JsonValueKind.Null => NilValue.Instance,
            _ => new StringValue(json.GetString()!),
        };
}
