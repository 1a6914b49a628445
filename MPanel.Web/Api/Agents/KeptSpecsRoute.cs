using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Provisioning;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Web.Api.Agents;

public static class KeptSpecsRoute
{
    public static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        KeptSpecsRequest request,
        CallingServer server,
        NpgsqlDataSource dataSource
    )
    {
        if (KeptSpecRules.Check(request) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        // Named twice in one request, the last counts.
        KeptItem[] items = [.. request.Items.GroupBy(i => i.Spec.WebsiteId).Select(same => same.Last())];
        var said = new SaidSpecs(
            [.. items.Select(i => i.Spec.WebsiteId)],
            [.. items.Select(i => i.Spec.Revision)],
            [.. items.Select(i => i.Hash)],
            [.. items.Select(i => JsonSerializer.Serialize(i.Spec, JsonSerializerOptions.Web))]
        );
        await using var db = await dataSource.OpenConnectionAsync();
        await KeptSpec.Receive(db, server.Id, said);
        return TypedResults.NoContent();
    }
}
