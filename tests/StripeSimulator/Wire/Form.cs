using Microsoft.Extensions.Primitives;

namespace MPanel.StripeSimulator.Wire;

/// <summary>The parameters of a call: the query of a GET, the form of a POST. Stripe takes no JSON.</summary>
internal sealed record Form(IReadOnlyDictionary<string, StringValues> Values)
{
    public string? this[string name] => Values.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>The parameters by name: <c>metadata[order]</c> is <c>metadata</c>.</summary>
    public IReadOnlyList<string> Names() => [.. Values.Keys.Select(key => key.Split('[', 2)[0]).Distinct()];

    /// <summary>The values of <c>name[0]</c> or <c>name[]</c>; null when there is none.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        var values = Values.Where(v => v.Key.StartsWith($"{name}[", StringComparison.Ordinal)).SelectMany(v => v.Value).OfType<string>();
        return values.ToList() is { Count: > 0 } list ? list : null;
    }

    /// <summary><c>metadata[order]=7</c> gives order → 7.</summary>
    public Dictionary<string, string> Metadata(string name = "metadata") =>
        Values
            .Where(v => v.Key.StartsWith($"{name}[", StringComparison.Ordinal) && v.Key.EndsWith(']'))
            .ToDictionary(v => v.Key[(name.Length + 1)..^1], v => v.Value.ToString());

    /// <summary>As Stripe does: a key that is given replaces, an empty value takes it away, and metadata without keys empties it.</summary>
    public IReadOnlyDictionary<string, string> MetadataOver(IReadOnlyDictionary<string, string> kept)
    {
        var merged = this["metadata"] is "" ? [] : new Dictionary<string, string>(kept);
        foreach (var (key, value) in Metadata())
            if (value.Length == 0)
                merged.Remove(key);
            else
                merged[key] = value;
        return merged;
    }

    /// <summary>An update's value: what is kept when none is given, null when it is to be empty.</summary>
    public string? Over(string name, string? kept) =>
        this[name] switch
        {
            null => kept,
            "" => null,
            var given => given,
        };

    public bool IsTrue(string name) => this[name] == "true";

    /// <summary>Everything sent, in a fixed order: equal for equal calls.</summary>
    public string Canonical() =>
        string.Join(
            '&',
            Values
                .OrderBy(v => v.Key, StringComparer.Ordinal)
                .Select(v => $"{Uri.EscapeDataString(v.Key)}={Uri.EscapeDataString(v.Value.ToString())}")
        );

    public static async Task<Form> Read(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsPost(request.Method) && request.HasFormContentType)
            return new Form((await request.ReadFormAsync(context.RequestAborted)).ToDictionary());
        return new Form(request.Query.ToDictionary());
    }
}
