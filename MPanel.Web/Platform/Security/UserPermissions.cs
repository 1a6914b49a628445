using System.Security.Claims;

namespace MPanel.Web.Platform.Security;

public static class UserPermissions
{
    public static bool HasPermission(this ClaimsPrincipal user, string permission) =>
        user.HasClaim(ApiKeyAuthentication.PermissionClaim, permission);

    /// <summary>The time zone the person chose; UTC until then.</summary>
    public static TimeZoneInfo TimeZone(this ClaimsPrincipal user) =>
        user.FindFirstValue(TimeZoneClaim) is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : TimeZoneInfo.Utc;

    /// <summary>The claim that carries the IANA name of the time zone.</summary>
    public const string TimeZoneClaim = "zoneinfo";

    /// <summary>The claim that carries the name a person wants to be called.</summary>
    public const string DisplayNameClaim = "display_name";
}
