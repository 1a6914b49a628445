using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Servers;
using MPanel.Jobs.Provisioning;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Web.Api.Agents;

public static class HeartbeatRoute
{
    public static async Task<Results<Ok<HeartbeatResponse>, ProblemHttpResult>> Handle(
        HeartbeatRequest request,
        CallingServer server,
        NpgsqlDataSource dataSource
    )
    {
        if (WorkerRules.Check(request) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        var heartbeat = new NewHeartbeat(
            request.AgentVersion,
            AgentAbilities.Of(request.Capabilities),
            request.FreeSlots,
            JsonSerializer.Serialize(request.Metrics, JsonSerializerOptions.Web),
            Problem(request.Services ?? [])
        );
        await using var db = await dataSource.OpenConnectionAsync();
        var heard = await Heartbeat.Run(db, server.Id, server.TokenId, heartbeat);
        return TypedResults.Ok(new HeartbeatResponse(heard.Name, heard.State, heard.Now, heard.InventoryAskedAt));
    }

    private static string? Problem(IEnumerable<ServiceHealth> services)
    {
        var problems = services.Where(s => s.Problem is not null).Select(s => $"{s.Name}: {LogText.Clean(s.Problem!)}").ToList();
        return problems.Count == 0 ? null : string.Join(" ", problems);
    }
}
