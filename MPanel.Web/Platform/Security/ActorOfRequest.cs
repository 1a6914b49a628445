using System.Globalization;
using System.Security.Claims;
using MPanel.Database.Access;
using MPanel.Database.Audit;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api.Agents;

namespace MPanel.Web.Platform.Security;

/// <summary>Who is behind a request, for actions and the audit log.</summary>
public static class ActorOfRequest
{
    public static Actor Actor(this HttpContext context)
    {
        var user = context.User;
        var kind = user.Identity?.AuthenticationType switch
        {
            ApiKeyAuthentication.SchemeName => ActorKind.Key,
            ServerTokenAuthentication.SchemeName => ActorKind.Server,
            null => ActorKind.Anonymous,
            _ => ActorKind.User,
        };
        var id = user.FindFirstValue(kind == ActorKind.Server ? ServerTokenAuthentication.ServerIdClaim : ClaimTypes.NameIdentifier);
        return new Actor(
            kind,
            id is null ? null : long.Parse(id, CultureInfo.InvariantCulture),
            kind == ActorKind.Anonymous ? "" : user.FindFirstValue(ClaimTypes.Name)!,
            user.Authority(),
            context.Connection.RemoteIpAddress?.ToString(),
            context.TraceIdentifier
        )
        {
            Personal = user.HasClaim(c => c.Type == ApiKeyAuthentication.PersonalClaim),
            SessionId = user.FindFirstValue(SessionAuthentication.SessionIdClaim) is { } session
                ? long.Parse(session, CultureInfo.InvariantCulture)
                : null,
        };
    }

    public static Authority Authority(this ClaimsPrincipal user) =>
        new(
            user.FindAll(ApiKeyAuthentication.PermissionClaim).Select(c => c.Value).ToHashSet(),
            user.HasClaim(ClaimTypes.Role, Roles.SuperAdmin)
        );

    /// <param name="before">JSON, or null.</param>
    /// <param name="after">JSON, or null.</param>
    public static AuditEntry Audit(this HttpContext context, string action, string subject, string? before = null, string? after = null) =>
        context.Actor().Audit(action, subject, before, after);
}
