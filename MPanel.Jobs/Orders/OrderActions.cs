using MPanel.Database.Orders;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <param name="Repeated">It was kept before: this call added nothing.</param>
public sealed record KeptNote(long Id, bool Repeated);

/// <summary>What people do to orders: each action one transaction, with its audit entry in it.</summary>
public sealed class OrderActions(NpgsqlDataSource dataSource, JobActions jobs, JobSignals signals)
{
    /// <summary>Codes of refusals that pages put in their own words.</summary>
    public const string RefundAlreadyNoted = "refund_already_noted";
    public const string NoteContradicts = "note_contradicts";

    /// <summary>It goes on where it stopped.</summary>
    /// <param name="acceptPrices">Take the order's prices as they are.</param>
    public Task<Outcome<Unit>> Resume(Actor actor, string reference, bool acceptPrices) =>
        Resume(
            actor,
            reference,
            AuditJson.Of(new { status = IntakeState.Processing, acceptPrices }),
            async (transaction, _) => !acceptPrices || await Intakes.AcceptPrices(transaction, reference, actor.Name)
        );

    /// <summary>It goes on although it stopped, and does not stop for that again.</summary>
    /// <param name="decision">One of those that <see cref="OrderReview"/> has for the reason.</param>
    public Task<Outcome<Unit>> Accept(Actor actor, string reference, string? decision)
    {
        if (decision is null || !OrderReview.Decisions.Contains(decision))
            return Task.FromResult<Outcome<Unit>>(
                Refusal.Invalid("accept", "unknown_decision", $"Must be one of {string.Join(", ", OrderReview.Decisions)}.")
            );
        return Resume(
            actor,
            reference,
            AuditJson.Of(new { status = IntakeState.Processing, accepted = decision }),
            async (transaction, reason) =>
                reason is not null
                && OrderReview.Of(reason).Contains(decision)
                && await Intakes.Accept(transaction, reference, reason, decision)
        );
    }

    /// <param name="accept">What is written down before it goes on, given the reason that it stopped for; false where that can't be accepted.</param>
    private async Task<Outcome<Unit>> Resume(
        Actor actor,
        string reference,
        string after,
        Func<NpgsqlTransaction, string?, Task<bool>> accept
    )
    {
        var notStopped = Refusal.State("not_stopped", $"{reference} is not stopped: there is nothing to resume.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ResumeOrder.FindJob(transaction, reference) is not { } jobId)
            return new Outcome<Unit>.Missing();
        var before = await OrderStatus.Find(db, reference);
        if (!await accept(transaction, before!.ReasonCode))
            return before.Status == IntakeState.NeedsReview
                ? Refusal.State("other_decision", $"{reference} does not wait for this decision: it stopped for {before.ReasonCode}.")
                : notStopped;
        if (await jobs.Resume(transaction, actor, jobId) is null)
            return notStopped;
        await actor
            .Audit("order.resumed", $"order {reference}", AuditJson.Of(new { before.Status, before.ReasonCode }), after)
            .Append(db, transaction);
        await transaction.CommitAsync();
        signals.Queued();
        return new Outcome<Unit>.Done(default);
    }

    /// <summary>Nothing further is done for an order that stopped. What is owed to its customer stands in its notes. No money moves.</summary>
    /// <param name="note">What is owed, and how it is settled.</param>
    public async Task<Outcome<Unit>> Close(Actor actor, string reference, string? note)
    {
        if (NoteRules.Text(note) is not { } text)
            return Refusal.Invalid("note", "invalid_note", $"Say what is owed, in at most {NoteRules.LongestText} visible characters.");
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await ResumeOrder.FindJob(transaction, reference) is not { } jobId)
            return new Outcome<Unit>.Missing();
        var before = await OrderStatus.Find(db, reference);
        if (before!.Status != IntakeState.NeedsReview || await jobs.Cancel(transaction, actor, jobId) is null)
            return Refusal.State("not_stopped", $"{reference} is not stopped: there is nothing to close.");
        var owed = new NewOrderNote(Guid.NewGuid(), text, null, null, null, $"Owed: {text}", actor.Name, actor.CorrelationId);
        await Database.Orders.AddNote.Run(transaction, reference, owed);
        await actor
            .Audit(
                "order.closed",
                $"order {reference}",
                AuditJson.Of(new { before.Status, before.ReasonCode }),
                AuditJson.Of(new { status = IntakeState.Rejected, note = text })
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<Unit>.Done(default);
    }

    /// <summary>Keeps a note, such as that the money was given back. No money moves and no state changes.</summary>
    public async Task<Outcome<KeptNote>> AddNote(Actor actor, string reference, NoteRequest request)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        if (await OrderTraces.Body(db, reference) is not { } json)
            return new Outcome<KeptNote>.Missing();
        var body = OrderBody.FromJson(json);
        var faults = NoteRules.Check(request, body.Total, body.Currency);
        if (faults.Count > 0)
            return Refusal.Invalid(faults);
        var note = NoteRules.Note(request, body.Currency, actor);
        await using var transaction = await db.BeginTransactionAsync();
        var added = await Database.Orders.AddNote.Run(transaction, reference, note);
        switch (added.Result)
        {
            case AddedNote.Outcome.Repeated:
                return new Outcome<KeptNote>.Done(new KeptNote(added.Id!.Value, Repeated: true));
            case AddedNote.Outcome.Contradicted:
                return Refusal.State(NoteContradicts, "Another note was kept with this key. Nothing was changed.");
            case AddedNote.Outcome.RefundNoted:
                return Refusal.State(RefundAlreadyNoted, $"{note.RefundReference} is noted already.");
            case AddedNote.Outcome.NoSuchOrder:
                return new Outcome<KeptNote>.Missing();
        }
        await actor
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
        return new Outcome<KeptNote>.Done(new KeptNote(added.Id!.Value, Repeated: false));
    }
}
