using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Database.Orders;
using MPanel.Jobs.Orders;
using MPanel.Web.Security;
using Npgsql;

namespace MPanel.Web.Api.Orders;

/// <param name="RefundReference">Of the refund made at Stripe, such as <c>re_3Q…</c>; left out where the note is about something else.</param>
/// <param name="RefundAmount">Major units, in the order's currency; with a refund reference only.</param>
/// <param name="Key">The caller's own: the same note sent twice with it is one note. Left out, each call is another note.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NoteRequest(string? Text, string? RefundReference = null, decimal? RefundAmount = null, Guid? Key = null);

public sealed record NoteAccepted(long Id, string Reference);

/// <summary>A person writes something to an order, such as that the money was given back. It moves no money and changes no state.</summary>
public static class NoteRoute
{
    public static async Task<Results<Created<NoteAccepted>, Ok<NoteAccepted>, ProblemHttpResult>> Handle(
        string reference,
        NoteRequest request,
        HttpContext context,
        NpgsqlDataSource dataSource,
        OrderDecisions decisions
    )
    {
        OrderBody body;
        await using (var db = await dataSource.OpenConnectionAsync())
        {
            if (await OrderTraces.Body(db, reference) is not { } json)
                return Problems.NotFound("order");
            body = OrderBody.FromJson(json);
        }
        var errors = NoteRules.Check(request.Text, request.RefundReference, request.RefundAmount, body.Total, body.Currency);
        if (errors.Count > 0)
            return Problems.Invalid([.. errors]);
        var note = NoteRules.Note(request, body.Currency, context.Actor().Name, context.TraceIdentifier);
        var added = await decisions.AddNote(context, reference, note);
        var location = $"/api/admin/orders/{reference}";
        return added.Result switch
        {
            AddedNote.Outcome.Added => TypedResults.Created(location, new NoteAccepted(added.Id!.Value, reference)),
            AddedNote.Outcome.Repeated => TypedResults.Ok(new NoteAccepted(added.Id!.Value, reference)),
            AddedNote.Outcome.Contradicted => Problems.Of(
                409,
                "note_contradicts",
                "Another note was kept with this key. Nothing was changed."
            ),
            AddedNote.Outcome.RefundNoted => Problems.Of(409, "refund_already_noted", $"{note.RefundReference} is noted already."),
            _ => Problems.NotFound("order"),
        };
    }
}
