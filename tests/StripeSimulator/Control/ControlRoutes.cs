using System.Text.Json.Serialization;
using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Control;

/// <summary>What tests and the demo steer the simulator with: README.md. Not Stripe's. No key is asked for: it listens on loopback.</summary>
internal static class ControlRoutes
{
    public static void MapControl(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/health", () => ControlJson.Ok(new { status = "ok" }));

        routes.MapGet("/_sim/clock", (SimulatorClock clock) => Clock(clock));
        routes.MapPost("/_sim/clock", Advance);

        routes.MapPost("/_sim/failures", AddFailure);
        routes.MapGet("/_sim/failures", (FailureSwitches failures) => ControlJson.Ok(failures.All));
        routes.MapDelete("/_sim/failures", (FailureSwitches failures) => ControlJson.Done(failures.Clear));

        routes.MapGet("/_sim/requests", (RequestLog log) => ControlJson.Ok(log.All));
        routes.MapDelete("/_sim/requests", (RequestLog log) => ControlJson.Done(log.Clear));

        routes.MapPaymentControl();
        routes.MapMethodControl();
        routes.MapCheckoutControl();
        routes.MapMoneyControl();
        routes.MapDisputeControl();
        routes.MapWebhookControl();
    }

    private static IResult Clock(SimulatorClock clock) => ControlJson.Ok(new { now = clock.Now, ahead_seconds = clock.AheadSeconds });

    private static Task<IResult> Advance(HttpContext context, StripeState state) =>
        ControlJson.With<GivenAdvance>(
            context,
            given =>
            {
                if (given.AdvanceSeconds is < 0 or > 100L * 365 * 24 * 60 * 60)
                    return ControlJson.Wrong("advance_seconds is 0 to 100 years: the clock never goes back.");
                return state.Do(() =>
                {
                    state.Clock.AheadSeconds += given.AdvanceSeconds;
                    state.Put(new ClockSetting(state.Clock.AheadSeconds));
                    Due.Run(state);
                    return Clock(state.Clock);
                });
            }
        );

    private static Task<IResult> AddFailure(HttpContext context, FailureSwitches failures) =>
        ControlJson.With<Failure>(
            context,
            failure =>
            {
                if (failure.Count is <= 0)
                    return ControlJson.Wrong("count is above 0, or left out for until cleared.");
                if (failure.When == FailureMoment.During && failure.Kind is not (FailureKind.Slow or FailureKind.ServerError))
                    return ControlJson.Wrong("Only slow and server_error happen during a call.");
                failures.Add(failure);
                return ControlJson.Ok(failure, 201);
            }
        );

    private sealed record GivenAdvance([property: JsonRequired] long AdvanceSeconds);
}
