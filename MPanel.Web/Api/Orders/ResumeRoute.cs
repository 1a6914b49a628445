using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Orders;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Orders;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Orders;

/// <param name="AcceptPrices">True to take the order's prices as they are, although the catalogue says otherwise.</param>
public sealed record ResumeRequest(bool AcceptPrices = false);

/// <summary>A person mended the cause, or decided: the chain goes on where it stopped.</summary>
public static class ResumeRoute
{
    public static async Task<Results<Ok<OrderAccepted>, ProblemHttpResult>> Handle(
        string reference,
        ResumeRequest? request,
        HttpContext context,
        NpgsqlDataSource dataSource,
        OrderChain chain,
        JobControl jobs
    )
    {
        var actor = context.Actor().Name;
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ResumeOrder.FindChain(transaction, reference, chain.Kind) is not { } chainId)
            return Problems.NotFound("order");
        var before = await OrderStatus.Find(db, reference);
        var accept = request?.AcceptPrices ?? false;
        if (accept && !await Intakes.AcceptPrices(transaction, reference, actor))
            return NotStopped(reference);
        if (await jobs.Resume(transaction, chainId, actor, CancellationToken.None) is not { } step)
            return NotStopped(reference);
        await context
            .Audit(
                "order.resumed",
                $"order {reference}",
                JsonSerializer.Serialize(new { before!.Status, before.ReasonCode }, JsonSerializerOptions.Web),
                JsonSerializer.Serialize(new { status = "processing", acceptPrices = accept }, JsonSerializerOptions.Web)
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        jobs.Wake(step);
        return TypedResults.Ok(new OrderAccepted(reference, $"/api/admin/orders/{reference}"));
    }

    private static ProblemHttpResult NotStopped(string reference) =>
        Problems.Of(StatusCodes.Status409Conflict, "not_stopped", $"{reference} is not stopped: there is nothing to resume.");
}
