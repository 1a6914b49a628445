using Microsoft.Extensions.Primitives;

namespace MPanel.StripeSimulator.Wire;

/// <summary>The parameters of a call: the query of a GET, the form of a POST. Stripe takes no JSON.</summary>
internal sealed record Form(IReadOnlyDictionary<string, StringValues> Values)
{
    public string? this[string name] => Values.TryGetValue(name, out var values) ? values.ToString() : null;

    public bool Expands(string field) =>
        Values.Where(v => v.Key.StartsWith("expand[", StringComparison.Ordinal)).Any(v => v.Value.Contains(field));

    /// <summary>The parameters by name: <c>metadata[order]</c> is <c>metadata</c>.</summary>
    public IReadOnlyList<string> Names() => [.. Values.Keys.Select(key => key.Split('[', 2)[0]).Distinct()];

    /// <summary>The values of <c>name[0]</c> or <c>name[]</c>; null when there is none.</summary>
    public IReadOnlyList<string>? List(string name)
    {
        var values = Values.Where(v => v.Key.StartsWith($"{name}[", StringComparison.Ordinal)).SelectMany(v => v.Value).OfType<string>();
        return values.ToList() is { Count: > 0 } list ? list : null;
    }

    /// <summary><c>metadata[order]=7</c> gives order → 7.</summary>
    public Dictionary<string, string> Metadata() =>
        Values
            .Where(v => v.Key.StartsWith("metadata[", StringComparison.Ordinal) && v.Key.EndsWith(']'))
            .ToDictionary(v => v.Key["metadata[".Length..^1], v => v.Value.ToString());

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
