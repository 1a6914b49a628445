using System.Text.Json;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Api.Guardian;

/// <summary>Somebody wants the guardian deployed: logged, audited, and answered honestly.</summary>
public sealed partial class GuardianDeployment(NpgsqlDataSource dataSource, ILogger<GuardianDeployment> logger)
{
    public async Task<GuardianDeployAnswer> Ask(HttpContext context)
    {
        var answer = new GuardianDeployAnswer(
            false,
            GuardianStatus.Current.Status,
            "The guardian is not connected, so nothing was deployed. Your request has been written down."
        );
        await using var db = await dataSource.OpenConnectionAsync();
        await context
            .Audit("guardian.deploy_asked", "guardian", null, JsonSerializer.Serialize(answer, JsonSerializerOptions.Web))
            .Append(db);
        LogAsked(context.Actor().Name);
        return answer;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Actor} asked to deploy the guardian, which is not connected: nothing was deployed."
    )]
    private partial void LogAsked(string actor);
}
