using System.Text.Json;
using MPanel.Database.Provisioning;
using MPanel.NodeAgent.Contract;

namespace MPanel.Jobs.Provisioning;

/// <summary>What a task tells its agent: the contract's own records, as JSON.</summary>
public static class TaskPayloads
{
    /// <summary>Of the kinds that no agent does yet.</summary>
    public static string Other(Provisionable item) => Json(new PlanPayload(item.Domain, item.Product));

    private static string Json<T>(T payload) => JsonSerializer.Serialize(payload, JsonSerializerOptions.Web);
}
