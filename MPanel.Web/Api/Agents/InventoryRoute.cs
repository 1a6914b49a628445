using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Provisioning;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Web.Api.Agents;

public static class InventoryRoute
{
    public static async Task<Results<Ok<InventoryResponse>, ProblemHttpResult>> Handle(
        InventoryRequest request,
        CallingServer server,
        NpgsqlDataSource dataSource
    )
    {
        if (WorkerRules.Check(request) is { Count: > 0 } errors)
            return Problems.Invalid(errors);
        // Named twice in one part, the last counts.
        InventoryItem[] items = [.. request.Items.GroupBy(i => (i.Kind, i.Id)).Select(same => same.Last())];
        var part = new InventoryPart(
            request.Run,
            request.Last,
            [.. items.Select(i => i.Kind)],
            [.. items.Select(i => i.Id)],
            [.. items.Select(i => i.Revision)],
            [.. items.Select(i => i.Hash)],
            [.. items.Select(i => i.Problem is null ? null : LogText.Clean(i.Problem))]
        );
        await using var db = await dataSource.OpenConnectionAsync();
        return TypedResults.Ok(new InventoryResponse(await ReceiveInventory.Run(db, server.Id, part)));
    }
}
