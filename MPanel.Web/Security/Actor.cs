using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Json;
using MPanel.Database.Audit;

namespace MPanel.Web.Security;

/// <summary>Who is behind a request, as the audit log names them.</summary>
public sealed record Actor(string Kind, string Name);

/// <summary>What stood there and what stands there now, as the audit log keeps it.</summary>
public static class AuditJson
{
    /// <returns>JSON; null for nothing.</returns>
    [return: NotNullIfNotNull(nameof(value))]
    public static string? Of(object? value) => value is null ? null : JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}

public static class ActorOfRequest
{
    public static Actor Actor(this HttpContext context)
    {
        var name = context.User.FindFirstValue(ClaimTypes.Name);
        return context.User.Identity?.AuthenticationType switch
        {
            ApiKeyAuthentication.SchemeName => new Actor("api_key", name!),
            null => new Actor("anonymous", ""),
            "ServerToken" => new Actor("server", name!),
            _ => new Actor("user", name!),
        };
    }

    /// <param name="before">JSON, or null.</param>
    /// <param name="after">JSON, or null.</param>
    public static AuditEntry Audit(this HttpContext context, string action, string subject, string? before = null, string? after = null)
    {
        var actor = context.Actor();
        return new AuditEntry(
            actor.Kind,
            actor.Name,
            action,
            subject,
            before,
            after,
            context.Connection.RemoteIpAddress?.ToString(),
            context.TraceIdentifier
        );
    }
}
