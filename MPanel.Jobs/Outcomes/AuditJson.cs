using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace MPanel.Jobs.Outcomes;

/// <summary>What stood there and what stands there now, as the audit log keeps it.</summary>
public static class AuditJson
{
    /// <returns>JSON; null for nothing.</returns>
    [return: NotNullIfNotNull(nameof(value))]
    public static string? Of(object? value) => value is null ? null : JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
