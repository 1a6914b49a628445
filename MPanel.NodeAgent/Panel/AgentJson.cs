using System.Text.Json;

namespace MPanel.NodeAgent.Panel;

internal static class AgentJson
{
    /// <summary>camelCase as on the wire; a missing field is an error, never silently null or zero.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };
}
