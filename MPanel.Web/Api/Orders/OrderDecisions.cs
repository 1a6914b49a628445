using MPanel.Database.Orders;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Orders;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Orders;

public enum Decided
{
    Done,

    /// <summary>It is in no state that allows it; nothing was changed.</summary>
    Refused,
    NotFound,
}

/// <summary>What people decide about orders, audited in the same transaction; the same for pages and API.</summary>
public sealed class OrderDecisions(NpgsqlDataSource dataSource, OrderChain chain, JobControl jobs)
{
    /// <summary>The chain goes on where it stopped.</summary>
    /// <param name="acceptPrices">Take the order's prices as they are.</param>
    public async Task<Decided> Resume(HttpContext context, string reference, bool acceptPrices)
    {
        var actor = context.Actor().Name;
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ResumeOrder.FindChain(transaction, reference, chain.Kind) is not { } chainId)
            return Decided.NotFound;
        var before = await OrderStatus.Find(db, reference);
        if (acceptPrices && !await Intakes.AcceptPrices(transaction, reference, actor))
            return Decided.Refused;
        if (await jobs.Resume(transaction, chainId, actor, CancellationToken.None) is not { } step)
            return Decided.Refused;
        await context
            .Audit(
                "order.resumed",
                $"order {reference}",
                AuditJson.Of(new { before!.Status, before.ReasonCode }),
                AuditJson.Of(new { status = "processing", acceptPrices })
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        jobs.Wake(step);
        return Decided.Done;
    }

    /// <summary>Keeps a note. No money moves.</summary>
    public async Task<AddedNote> AddNote(HttpContext context, string reference, NewOrderNote note)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var added = await Database.Orders.AddNote.Run(transaction, reference, note);
        if (added.Result != AddedNote.Outcome.Added)
            return added;
        await context
            .Audit(
                "order.noted",
                $"order {reference}",
                after: AuditJson.Of(
                    new
                    {
                        note.Text,
                        note.RefundReference,
                        note.RefundAmount,
                        note.RefundCurrency,
                    }
                )
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        return added;
    }
}
