using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using Npgsql;

namespace MPanel.Web.Platform.Security;

/// <summary>
/// People on the pages. Session, user and permissions are read from the database at every request, so that whatever is revoked,
/// disabled or taken away has its effect with the next one.
/// </summary>
public sealed class SessionAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    NpgsqlDataSource dataSource,
    IOptions<AccessOptions> access,
    AccessDenials denials
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Session";

    /// <summary>There, with any value, while the user must set a new password before anything else.</summary>
    public const string MustChangePasswordClaim = "must_change_password";

    /// <summary>There, with any value, while the user must set up two-factor login before anything else.</summary>
    public const string MustSetUpTwoFactorClaim = "must_set_up_two_factor";

    public const string SessionIdClaim = "session_id";

    /// <summary>There, with any value, while the last password or code of this browser is fresh.</summary>
    public const string ConfirmedLatelyClaim = "confirmed_lately";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SessionCookie.Read(Request) is not { } token)
            return AuthenticateResult.NoResult();
        await using var db = await dataSource.OpenConnectionAsync(Context.RequestAborted);
        if (await Sessions.Find(db, token, access.Value.SessionIdle) is not { Status: SessionState.Active } session)
            return AuthenticateResult.NoResult();
        if (!session.SeenLately)
            await Sessions.Touch(db, session.Id);
        var identity = new ClaimsIdentity(Claims(session), SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    /// <summary>To the login, and from there back; a fragment that the page polls for takes the whole page there.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var back = HttpMethods.IsGet(Request.Method) ? $"{Request.Path}{Request.QueryString}" : Request.Path.Value;
        Redirection.Send(Context, $"/login{QueryString.Create("returnUrl", back ?? "/")}");
        return Task.CompletedTask;
    }

    /// <summary>The 403 page, which the status code pages show; audited.</summary>
    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        await denials.Record(Context);
        Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    private static IEnumerable<Claim> Claims(LiveSession session)
    {
        var user = session.User;
        yield return new Claim(ClaimTypes.Name, user.Email);
        yield return new Claim(ClaimTypes.NameIdentifier, $"{user.Id}");
        yield return new Claim(SessionIdClaim, $"{session.Id}");
        yield return new Claim(UserPermissions.DisplayNameClaim, user.DisplayName);
        yield return new Claim(UserPermissions.TimeZoneClaim, user.TimeZone);
        if (session.ConfirmedLately)
            yield return new Claim(ConfirmedLatelyClaim, "true");
        if (user.MustChangePassword)
            yield return new Claim(MustChangePasswordClaim, "true");
        if (user is { TwoFactorRequired: true, TwoFactorEnabled: false })
            yield return new Claim(MustSetUpTwoFactorClaim, "true");
        foreach (var role in user.Roles)
            yield return new Claim(ClaimTypes.Role, role);
        foreach (var permission in user.Permissions)
            yield return new Claim(ApiKeyAuthentication.PermissionClaim, permission);
    }
}
