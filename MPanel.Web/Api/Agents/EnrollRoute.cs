using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Audit;
using MPanel.Database.Servers;
using MPanel.NodeAgent.Contract;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Api.Agents;

/// <summary>A one-time code becomes a server's token. Unknown, used and expired codes get the same 401 after the same work.</summary>
public static class EnrollRoute
{
    public static async Task<Results<Ok<EnrollResponse>, ProblemHttpResult, EmptyHttpResult>> Handle(
        EnrollRequest request,
        HttpContext context,
        NpgsqlDataSource dataSource,
        EnrolmentLimit limit,
        AccessDenials denials,
        ProvisioningLog log
    )
    {
        if (!limit.Allows(context))
        {
            context.Response.Headers.RetryAfter = "60";
            return Problems.Of(StatusCodes.Status429TooManyRequests, "too_many_attempts", "Too many enrolments. Wait a minute.");
        }
        if (WorkerRules.Check(request) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        await using var db = await dataSource.OpenConnectionAsync();
        if (await Enrolment.Redeem(db, request.Code) is not { } enrolled)
        {
            await denials.Unauthenticated(context, "bad_enrolment_code", "");
            return TypedResults.Empty;
        }
        await new AuditEntry(
            "server",
            enrolled.Server,
            "server.enrolled",
            $"server {enrolled.Server}",
            null,
            JsonSerializer.Serialize(new { agentVersion = request.AgentVersion, endedTokens = enrolled.Ended }),
            context.Connection.RemoteIpAddress?.ToString(),
            context.TraceIdentifier
        ).Append(db);
        log.Enrolled(enrolled.Server, request.AgentVersion);
        return TypedResults.Ok(new EnrollResponse(enrolled.Server, enrolled.Token));
    }
}
