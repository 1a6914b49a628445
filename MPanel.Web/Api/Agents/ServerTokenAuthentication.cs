using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using MPanel.Database.Access;
using MPanel.Database.Servers;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Api.Agents;

/// <summary>
/// <c>Authorization: Bearer mps_…</c>: the agent of one server. Unknown, wrong and revoked tokens get the same 401 after the
/// same work; why it was refused stands in the audit log only. The agent of a server that has left is told so, if its token was right.
/// </summary>
public sealed class ServerTokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    NpgsqlDataSource dataSource,
    AccessDenials denials
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ServerToken";
    public const string ServerIdClaim = "server_id";
    public const string TokenIdClaim = "token_id";

    private string _reason = "no_token";
    private string _presented = "";
    private bool _retired;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerHeader.Read(Request) is not { } text)
            return AuthenticateResult.NoResult();
        var presented = BearerSecret.Parse("mps", text) ?? new BearerSecret("", new byte[32]);
        await using var db = await dataSource.OpenConnectionAsync(Context.RequestAborted);
        var token = await ServerTokens.Find(db, presented.Prefix);
        var matches = presented.Matches(token?.SecretHash);
        _presented = presented.Prefix;
        if (token is null || !matches || !token.Valid)
        {
            _retired = matches && token is { Retired: true };
            _reason =
                token is null ? "unknown_token"
                : _retired ? "server_retired"
                : matches ? "revoked_token"
                : "wrong_token";
            return AuthenticateResult.Fail("invalid token");
        }
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, token.ServerName),
                new Claim(ServerIdClaim, $"{token.ServerId}"),
                new Claim(TokenIdClaim, $"{token.Id}"),
            ],
            SchemeName
        );
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return _retired
            ? denials.Unauthenticated(Context, _reason, _presented, "server_retired", "This server has left the panel for good.")
            : denials.Unauthenticated(Context, _reason, _presented);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => denials.Forbidden(Context);
}
