using MPanel.StripeSimulator.Webhooks;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Events;

/// <summary>https://docs.stripe.com/api/events</summary>
internal static class EventRoutes
{
    private const long KeptSeconds = 30L * 24 * 60 * 60;
    private const int MostTypes = 20;

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        routes.Get("/v1/events", List, [.. ListPage.Parameters, "created", "delivery_success", "type", "types"]);
        routes.Get("/v1/events/{id}", Get);
    }

    private static IStripeAnswer Get(StripeCall call) =>
        Own.Find<SimulatedEvent>(call, "event", "id", out var missing) is { } found && IsKept(call, found)
            ? StripeJson.Ok(found.ToJson(DeliveryCounts.Of(call.State).Pending(found.Id)))
            : missing ?? StripeError.Missing("event", call.Id, "id");

    private static IStripeAnswer List(StripeCall call)
    {
        var types = call.Form.List("types");
        if (types is not null && call.Form["type"] is not null)
            return StripeError.Parameter("You may only specify one of these parameters: type, types.", "types");
        if (types?.Count > MostTypes)
            return StripeError.Parameter($"You may only specify up to {MostTypes} types.", "types");
        types ??= call.Form["type"] is { } one ? [one] : null;
        var counts = DeliveryCounts.Of(call.State);
        return ListPage.Of(
            call,
            call.State.All<SimulatedEvent>()
                .Where(e =>
                    IsKept(call, e)
                    && (types is null || types.Any(type => EventTypes.Matches(type, e.Type)))
                    && (call.Form["delivery_success"] is not { } asked || counts.Succeeded(e.Id) == (asked == "true"))
                ),
            "/v1/events",
            e => e.ToJson(counts.Pending(e.Id))
        );
    }

    private static bool IsKept(StripeCall call, SimulatedEvent e) => e.Created > call.State.Now - KeptSeconds;
}

internal static class EventTypes
{
    /// <param name="asked">A type, or the beginning of some with a star, such as <c>charge.*</c>.</param>
    public static bool Matches(string asked, string type) =>
        asked.EndsWith('*') ? type.StartsWith(asked[..^1], StringComparison.Ordinal) : asked == type;
}
