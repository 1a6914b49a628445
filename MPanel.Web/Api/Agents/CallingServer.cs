using System.Security.Claims;

namespace MPanel.Web.Api.Agents;

/// <summary>The server whose agent makes the request.</summary>
public sealed record CallingServer(long Id, string Name, long TokenId)
{
    /// <summary>Binds as a route handler's parameter, on routes that let only servers in.</summary>
    public static ValueTask<CallingServer> BindAsync(HttpContext context)
    {
        var user = context.User;
        return ValueTask.FromResult(
            new CallingServer(
                long.Parse(user.FindFirstValue(ServerTokenAuthentication.ServerIdClaim)!),
                user.FindFirstValue(ClaimTypes.Name)!,
                long.Parse(user.FindFirstValue(ServerTokenAuthentication.TokenIdClaim)!)
            )
        );
    }
}
