using System.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Database.Orders;
using MPanel.Database.Provisioning;
using MPanel.Database.Timelines;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Web.Api.Orders;

/// <summary>Orders as they stand, for the marketing API and for admins: state, tasks and timeline of one moment.</summary>
public static class OrderReading
{
    public static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Public(
        string reference,
        NpgsqlDataSource dataSource,
        IOptions<ProvisioningOptions> options
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var snapshot = await db.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        return await OrderStatus.Find(db, reference) is { } order
            ? TypedResults.Ok(await Details(db, order, options.Value))
            : Problems.NotFound("order");
    }

    public static async Task<Results<Ok<AdminOrderView>, ProblemHttpResult>> Admin(
        string reference,
        NpgsqlDataSource dataSource,
        IOptions<ProvisioningOptions> options
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var snapshot = await db.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        return await OrderStatus.Find(db, reference) is { } order
            ? TypedResults.Ok(
                new AdminOrderView(
                    order.Ordered.PaymentIntentId,
                    order.Ordered.CustomerEmail,
                    order.Ordered.Domain,
                    order.CorrelationId,
                    order.CreatedAt,
                    order.UpdatedAt,
                    await Details(db, order, options.Value)
                )
            )
            : Problems.NotFound("order");
    }

    private static async Task<OrderView> Details(NpgsqlConnection db, OrderOverview order, ProvisioningOptions options)
    {
        var tasks = order.Order is { Id: var orderId } ? await TaskList.OfOrder(db, orderId) : [];
        return new OrderView(
            order.Reference,
            order.Status,
            order.ReasonCode,
            order.Reason,
            order.Order is { } placed ? new OrderPart(placed.State, placed.Total, placed.Currency, placed.InvoiceNumber) : null,
            [
                .. tasks.Select(t => new OrderTask(
                    t.Id,
                    t.Type,
                    t.Domain,
                    t.Status,
                    t.ServerName,
                    t.Attempt,
                    WaitingFor.Of(t, options.OfflineAfter),
                    t.LastErrorCode,
                    t.LastError
                )),
            ],
            await TimelineLine.OfIntake(db, order.IntakeId)
        );
    }
}
