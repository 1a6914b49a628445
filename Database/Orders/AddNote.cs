using Dapper;
using MPanel.Database.Timelines;
using Npgsql;

namespace MPanel.Database.Orders;

/// <param name="Key">The sender's: the same note sent twice is one note.</param>
/// <param name="RefundReference">Of the refund made at Stripe; null, with the amount, where the note is about something else.</param>
/// <param name="RefundAmount">Major units.</param>
/// <param name="Line">What the timeline says.</param>
public sealed record NewOrderNote(
    Guid Key,
    string Text,
    string? RefundReference,
    decimal? RefundAmount,
    string? RefundCurrency,
    string Line,
    string Actor,
    string CorrelationId
);

/// <summary>What became of a note.</summary>
/// <param name="Id">Null when nothing was kept.</param>
public sealed record AddedNote(AddedNote.Outcome Result, long? Id)
{
    public enum Outcome
    {
        Added,

        /// <summary>The same note is here already.</summary>
        Repeated,

        /// <summary>Another note has the same key.</summary>
        Contradicted,

        /// <summary>The same refund is noted already, here or on another order.</summary>
        RefundNoted,
        NoSuchOrder,
    }
}

public static class AddNote
{
    private sealed record Written(bool Found, long? Id);

    private sealed record ExistingNote(long Id, bool Same);

    /// <summary>The note and its line of the timeline in one statement. No money moves and no state changes.</summary>
    public static async Task<AddedNote> Run(NpgsqlTransaction transaction, string reference, NewOrderNote note)
    {
        var parameters = new
        {
            reference,
            note.Key,
            note.Text,
            note.RefundReference,
            note.RefundAmount,
            note.RefundCurrency,
            note.Line,
            note.Actor,
            note.CorrelationId,
        };
        var written = await transaction.Connection!.QuerySingleAsync<Written>(Insert, parameters, transaction);
        if (!written.Found)
            return new AddedNote(AddedNote.Outcome.NoSuchOrder, null);
        if (written.Id is { } id)
            return new AddedNote(AddedNote.Outcome.Added, id);
        var existing = await transaction.Connection!.QuerySingleOrDefaultAsync<ExistingNote>(Existing, parameters, transaction);
        return existing switch
        {
            null => new AddedNote(AddedNote.Outcome.RefundNoted, null),
            { Same: true } => new AddedNote(AddedNote.Outcome.Repeated, existing.Id),
            _ => new AddedNote(AddedNote.Outcome.Contradicted, null),
        };
    }

    private static readonly string Insert = $"""
        with intake as (
            select id from order_intakes where reference = @reference
        ), note as (
            insert into order_notes (intake_id, request_key, body, refund_reference, refund_amount, refund_currency, actor, correlation_id)
            select id, @Key, @Text, @RefundReference, @RefundAmount::numeric, @RefundCurrency, @Actor, @CorrelationId
            from intake
            on conflict do nothing
            returning id, intake_id, refund_reference
        ), line as (
            {Timeline.Append}
            select '{Timeline.Intake}', intake_id, now(), 'note', null, null, 'noted', case when refund_reference is not null then 'refund' end,
                   @Line, null, @Actor, @CorrelationId
            from note
        )
        select intake.id is not null as found, note.id
        from (select 1) one left join intake on true left join note on true
        """;

    private const string Existing = """
        select n.id, n.body = @Text and n.refund_reference is not distinct from @RefundReference
            and n.refund_amount is not distinct from @RefundAmount::numeric as same
        from order_notes n join order_intakes i on i.id = n.intake_id
        where i.reference = @reference and n.request_key = @Key
        """;
}
