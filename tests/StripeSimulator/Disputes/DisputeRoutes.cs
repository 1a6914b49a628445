using MPanel.StripeSimulator.Events;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Disputes;

/// <summary>https://docs.stripe.com/api/disputes</summary>
internal static class DisputeRoutes
{
    public static void MapDisputes(this IEndpointRouteBuilder routes)
    {
        routes.Get("/v1/disputes", List, [.. ListPage.Parameters, "charge", "created", "payment_intent"]);
        routes.Get("/v1/disputes/{id}", Get);
        routes.Post("/v1/disputes/{id}", Update, "evidence", "metadata", "submit");
        routes.Post("/v1/disputes/{id}/close", Close);
    }

    private static IStripeAnswer Get(StripeCall call) => Find(call, out var missing) is { } dispute ? Show(call, dispute) : missing!;

    private static IStripeAnswer List(StripeCall call) =>
        ListPage.Of(
            call,
            call.State.All<SimulatedDispute>()
                .Where(d => Own.Asked(call, "charge", d.Charge) && Own.Asked(call, "payment_intent", d.PaymentIntent)),
            "/v1/disputes",
            d => d.ToJson(call.State)
        );

    private static IStripeAnswer Update(StripeCall call)
    {
        if (Find(call, out var missing) is not { } dispute)
            return missing!;
        var evidence = call.Form.Metadata("evidence");
        if (evidence.Count > 0 && dispute.IsClosed)
            return StripeError.Invalid("This dispute is already closed.", code: "dispute_already_closed");
        var changed = dispute with { Metadata = call.Form.MetadataOver(dispute.Metadata) };
        if (evidence.Count > 0)
            changed = changed with { Evidence = evidence.GetValueOrDefault("uncategorized_text") ?? evidence.Values.First() };
        call.State.Put(changed);
        if (evidence.Count == 0 || call.Form["submit"] == "false")
        {
            EventLog.Updated(call.State, "charge.dispute.updated", dispute, changed);
            return Show(call, changed);
        }
        var status = dispute.IsInquiry ? DisputeStatus.WarningUnderReview : DisputeStatus.UnderReview;
        var submitted = Disputing.Move(call.State, changed, status);
        Due.In(call.State, submitted.Id, 0);
        return Show(call, submitted);
    }

    /// <summary>Nothing to say against it: it is lost.</summary>
    private static IStripeAnswer Close(StripeCall call)
    {
        if (Find(call, out var missing) is not { } dispute)
            return missing!;
        return dispute.IsClosed
            ? StripeError.Invalid("This dispute is already closed.", code: "dispute_already_closed")
            : Show(call, Disputing.Move(call.State, dispute, dispute.IsInquiry ? DisputeStatus.WarningClosed : DisputeStatus.Lost));
    }

    private static SimulatedDispute? Find(StripeCall call, out StripeError? missing) =>
        Own.Find<SimulatedDispute>(call, "dispute", "dispute", out missing);

    private static IStripeAnswer Show(StripeCall call, SimulatedDispute dispute) => StripeJson.Ok(dispute.ToJson(call.State));
}
