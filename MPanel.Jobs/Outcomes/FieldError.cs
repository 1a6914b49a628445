namespace MPanel.Jobs.Outcomes;

/// <summary>One wrong field. Path is that of the JSON body, such as <c>items[0].qty</c>.</summary>
public sealed record FieldError(string Path, string Code, string Message);

/// <summary>What rules made of what was entered.</summary>
/// <param name="Value">What can be saved; null when anything is wrong.</param>
/// <param name="Faults">Every fault at once; empty when nothing is wrong.</param>
public sealed record Checked<T>(T? Value, IReadOnlyList<FieldError> Faults)
    where T : class;
