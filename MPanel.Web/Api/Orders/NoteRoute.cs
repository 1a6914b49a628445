using Microsoft.AspNetCore.Http.HttpResults;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Api.Orders;

public sealed record NoteAccepted(long Id, string Reference);

/// <summary>A person writes something to an order, such as that the money was given back. It moves no money and changes no state.</summary>
public static class NoteRoute
{
    public static async Task<Results<Created<NoteAccepted>, Ok<NoteAccepted>, ProblemHttpResult>> Handle(
        string reference,
        NoteRequest request,
        HttpContext context,
        OrderActions actions
    )
    {
        var outcome = await actions.AddNote(context.Actor(), reference, request);
        if (outcome is not Outcome<KeptNote>.Done { Value: var note })
            return await outcome.ToProblem(context, "order");
        var answer = new NoteAccepted(note.Id, reference);
        return note.Repeated ? TypedResults.Ok(answer) : TypedResults.Created($"/api/admin/orders/{reference}", answer);
    }
}
