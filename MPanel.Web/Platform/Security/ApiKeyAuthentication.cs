using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using Npgsql;

namespace MPanel.Web.Platform.Security;

/// <summary>
/// <c>Authorization: Bearer mpk_…</c>. Unknown, wrong, revoked, expired and suspended keys get the same 401 after the same work;
/// why it was refused stands in the audit log only.
/// </summary>
public sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    NpgsqlDataSource dataSource,
    AccessDenials denials
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    /// <summary>The claim that carries one permission or scope each.</summary>
    public const string PermissionClaim = "permission";

    /// <summary>There, with any value, where the key acts in the name of its owner.</summary>
    public const string PersonalClaim = "personal_key";

    private string _reason = "no_key";
    private string _presented = "";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerHeader.Read(Request) is not { } text)
            return AuthenticateResult.NoResult();
        var presented = BearerSecret.Parse("mpk", text) ?? new BearerSecret("", new byte[32]);
        await using var db = await dataSource.OpenConnectionAsync(Context.RequestAborted);
        var key = await ApiKeys.Find(db, presented.Prefix);
        var matches = presented.Matches(key?.SecretHash);
        _presented = presented.Prefix;
        if (key is null || !matches || !key.Valid)
        {
            _reason =
                key is null ? "unknown_key"
                : matches ? "revoked_or_expired_key"
                : "wrong_key";
            return AuthenticateResult.Fail("invalid key");
        }
        if (!key.TouchedRecently)
            await ApiKeys.Touch(db, key.Id);
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, key.Name),
                new Claim(ClaimTypes.NameIdentifier, $"{key.Id}"),
                .. key.Scopes.Select(s => new Claim(PermissionClaim, s)),
                .. key.Personal ? (Claim[])[new Claim(PersonalClaim, "true")] : [],
            ],
            SchemeName
        );
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return denials.Unauthenticated(Context, _reason, _presented);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => denials.Forbidden(Context);
}
