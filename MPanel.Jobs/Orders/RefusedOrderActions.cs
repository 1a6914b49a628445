using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MPanel.Database.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>Orders that were refused though their money has been taken: kept, and then either mended or closed by a person.</summary>
public sealed partial class RefusedOrderActions(
    NpgsqlDataSource dataSource,
    OrderIntake intake,
    IOptions<OrderOptions> options,
    PublicSuffixes suffixes,
    ILogger<RefusedOrderActions> logger
)
{
    /// <summary>Of one sender. So many that somebody must look before more are kept: they all have the same fault then.</summary>
    public const int MostOpen = 1000;

    /// <summary>Of one sender. Without a PaymentIntent nobody can say that money was taken.</summary>
    public const int MostOpenWithoutPayment = 100;

    private const string NotOpen = "not_open";

    /// <summary>Keeps what was sent, with what is wrong with it. Once for each PaymentIntent, and not where it has an order already.</summary>
    /// <param name="body">As it was sent.</param>
    public async Task Keep(Actor actor, string body, IReadOnlyList<FieldError> faults, CancellationToken cancellationToken)
    {
        var payment = RefusedBody.PaymentIntent(body);
        var most = payment is null ? MostOpenWithoutPayment : MostOpen;
        var refused = new NewRefusedOrder(payment, RefusedBody.Key(body), body, AuditJson.Of(faults), actor.Name, actor.CorrelationId);
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await db.BeginTransactionAsync(CancellationToken.None);
        var kept = await KeepRefusedOrder.Run(transaction, refused, most);
        if (kept is { IsNew: true, Id: { } id })
            await actor.Audit("order.refused", $"refused order {id}", after: AuditJson.Of(new { payment, faults })).Append(db, transaction);
        if (kept is { Id: { } changed, Replaced: { } before })
            await actor
                .Audit(
                    "order.refused_again",
                    $"refused order {changed}",
                    AuditJson.Of(new { body = before }),
                    AuditJson.Of(new { body, faults })
                )
                .Append(db, transaction);
        await transaction.CommitAsync(CancellationToken.None);
        if (kept.Id is { } known)
            LogKept(known, payment, string.Join(", ", faults.Select(f => f.Path)), actor.CorrelationId);
        else
            LogNotKept(payment, most, actor.CorrelationId);
    }

    /// <summary>
    /// Takes the order in as somebody corrected it. Its payment was made for what the shop sent, so whoever corrects it accepts by the same
    /// act that the payment does not name this order.
    /// </summary>
    /// <returns>The order's reference.</returns>
    public async Task<Outcome<string>> Accept(Actor actor, long id, OrderRequest corrected)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await RefusedOrders.Find(db, id) is not { } refused)
            return new Outcome<string>.Missing();
        if (refused.Status != RefusedOrderState.Open)
            return NotOpenAnyMore(refused);
        var (body, faults) = OrderRules.Check(corrected, options.Value.Currency, suffixes);
        if (body is null)
            return Refusal.Invalid(faults);
        await using var transaction = await db.BeginTransactionAsync();
        // The intake first and the refusal's lock second, as for an order of the shop: neither waits for the other in a circle.
        var received = await OrderIntake.Take(db, actor, body);
        if (received.Result == ReceivedOrder.Outcome.Contradicted)
        {
            await transaction.CommitAsync();
            return Refusal.State(
                "order_contradicts",
                $"This PaymentIntent already belongs to {received.Reference}, which has other contents. Nothing was changed."
            );
        }
        // Somebody may have decided since it was read: then nothing of this is kept.
        var now = (await RefusedOrders.FindLocked(transaction, id))!;
        var isOurs =
            now.Status == RefusedOrderState.Open || now.Status == RefusedOrderState.Received && now.Reference == received.Reference;
        if (now.Closing is not null || !isOurs)
            return NotOpenAnyMore(now);
        // The intake did it, where the PaymentIntent is the one that was refused.
        if (now.Status == RefusedOrderState.Open && !await RefusedOrders.Received(transaction, id, received.Reference))
            throw new InvalidOperationException($"Refused order {id} is locked and open, and could not be marked.");
        if (received.Result == ReceivedOrder.Outcome.Created)
            await Intakes.AcceptBeforehand(transaction, received.Reference, PaymentStep.Unbound);
        await NotKeptOrders.Forget(transaction, now.Sent.ReceivedBy);
        // What was sent goes in as text: it need not be JSON.
        await actor
            .Audit(
                "order.refused_accepted",
                $"refused order {id}",
                AuditJson.Of(new { body = refused.Sent.Body }),
                AuditJson.Of(
                    new
                    {
                        received.Reference,
                        order = body,
                        accepted = received.Result == ReceivedOrder.Outcome.Created ? PaymentStep.Unbound : null,
                    }
                )
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        if (received.Result == ReceivedOrder.Outcome.Created)
            intake.Announce();
        return new Outcome<string>.Done(received.Reference);
    }

    /// <summary>Nothing becomes of it. No money moves.</summary>
    /// <param name="note">What is owed to the customer, and how it is settled.</param>
    public async Task<Outcome<RefusedOrder>> Close(Actor actor, long id, string? note)
    {
        if (NoteRules.Text(note) is not { } text)
            return Refusal.Invalid("note", "invalid_note", $"Say what is owed, in at most {NoteRules.LongestText} visible characters.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await RefusedOrders.Find(db, id, transaction) is not { } refused)
            return new Outcome<RefusedOrder>.Missing();
        if (!await RefusedOrders.Close(transaction, id, text, actor.Name))
            return NotOpenAnyMore((await RefusedOrders.Find(db, id, transaction))!);
        await NotKeptOrders.Forget(transaction, refused.Sent.ReceivedBy);
        await actor
            .Audit(
                "order.refused_closed",
                $"refused order {id}",
                AuditJson.Of(new { refused.Status }),
                AuditJson.Of(new { status = RefusedOrderState.Closed, note = text })
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<RefusedOrder>.Done((await RefusedOrders.Find(db, id))!);
    }

    /// <summary>What was wrong when it was sent last.</summary>
    public static IReadOnlyList<FieldError> Faults(string json) =>
        JsonSerializer.Deserialize<IReadOnlyList<FieldError>>(json, JsonSerializerOptions.Web) ?? [];

    private static Refusal NotOpenAnyMore(RefusedOrder refused) =>
        Refusal.State(
            NotOpen,
            refused.Reference is { } reference ? $"It became {reference} already." : $"{refused.Closing?.By} closed it already."
        );

    [LoggerMessage(
        EventName = "PaidOrderRefused",
        Level = LogLevel.Warning,
        Message = "An order for payment {Payment} was refused and is kept as {Id}: wrong are {Fields} ({CorrelationId})."
    )]
    private partial void LogKept(long id, string? payment, string fields, string correlationId);

    [LoggerMessage(
        EventName = "RefusedOrderNotKept",
        Level = LogLevel.Warning,
        Message = "An order for payment {Payment} was refused and not kept: it has an order already, or {Most} refused ones are open ({CorrelationId})."
    )]
    private partial void LogNotKept(string? payment, int most, string correlationId);
}
