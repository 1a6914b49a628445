using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MPanel.StripeSimulator.Charges;
using MPanel.StripeSimulator.Disputes;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Refunds;
using MPanel.StripeSimulator.State;

namespace MPanel.StripeSimulator.Control;

/// <summary>Payments that were made elsewhere, and the ends of those that wait.</summary>
internal static partial class PaymentControl
{
    public static void MapPaymentControl(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/payment_intents", All);
        routes.MapGet("/_sim/payment_intents/{id}", (string id, StripeState state) => Change(state, id, p => p));
        routes.MapPut("/_sim/payment_intents/{id}", Put);
        routes.MapPut("/_sim/payment_intents/{id}/order", PutOrder);
        routes.MapPost("/_sim/payment_intents/{id}/finish", Finish);
        routes.MapPut("/_sim/payment_intents/{id}/latest_charge", HideCharge);
        routes.MapDelete("/_sim/payment_intents", (StripeState state) => ControlJson.Done(() => Clear(state)));
    }

    private static IResult All(StripeState state) =>
        state.Do(() => ControlJson.Ok(state.All<SimulatedPayment>().Select(p => PaymentView.Of(state, p)).ToList()));

    private static Task<IResult> Put(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenPayment>(
            context,
            given =>
            {
                if (!PaymentIntentId().IsMatch(id))
                    return ControlJson.Wrong($"'{id}' is not the id of a PaymentIntent.");
                if (given.Status is { } status && !GivenPayment.Statuses.Contains(status))
                    return ControlJson.Wrong($"status is one of {string.Join(", ", GivenPayment.Statuses)}.");
                if (given.PaymentMethod is { } method && TestMethods.Find(method) is null)
                    return ControlJson.Wrong($"'{method}' is no test payment method that is simulated.");
                return state.Do(() =>
                {
                    var existed = state.Find<SimulatedPayment>(id) is not null;
                    return ControlJson.Ok(PaymentView.Of(state, PutPayment.Run(state, id, given)), existed ? 200 : 201);
                });
            }
        );

    /// <summary>The order that a payment was made for, where it names none yet: what a shop says when it makes the payment.</summary>
    private static Task<IResult> PutOrder(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenOrder>(
            context,
            given =>
                Change(
                    state,
                    id,
                    p =>
                        p.Metadata.ContainsKey(OrderKey)
                            ? p
                            : p with
                            {
                                Metadata = new Dictionary<string, string>(p.Metadata) { [OrderKey] = given.MpanelOrder },
                            }
                )
        );

    private static Task<IResult> Finish(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenEnd>(
            context,
            given =>
                state.Do(() =>
                {
                    if (state.Find<SimulatedPayment>(id) is not { } payment)
                        return Results.NotFound();
                    return Finishing.Finish(state, payment, given.Succeeds) is { } finished
                        ? ControlJson.Ok(PaymentView.Of(state, finished))
                        : ControlJson.Wrong($"The payment waits for nothing: its status is {payment.Status}.");
                })
        );

    private static Task<IResult> HideCharge(HttpContext context, string id, StripeState state) =>
        ControlJson.With<GivenHiding>(context, given => Change(state, id, p => p with { ChargeHidden = given.Hidden }));

    private static IResult Change(StripeState state, string id, Func<SimulatedPayment, SimulatedPayment> change) =>
        state.Do(() =>
        {
            if (state.Find<SimulatedPayment>(id) is not { } payment)
                return Results.NotFound();
            var changed = change(payment);
            if (changed != payment)
                state.Put(changed);
            return ControlJson.Ok(PaymentView.Of(state, changed));
        });

    private static void Clear(StripeState state) =>
        state.Do(() =>
        {
            state.Clear<SimulatedPayment>();
            state.Clear<SimulatedCharge>();
            state.Clear<SimulatedRefund>();
            state.Clear<SimulatedDispute>();
        });

    [GeneratedRegex(@"^pi_[A-Za-z0-9_]{1,250}\z")]
    private static partial Regex PaymentIntentId();

    private const string OrderKey = "mpanel_order";

    private sealed record GivenOrder([property: JsonRequired] string MpanelOrder);

    private sealed record GivenEnd([property: JsonRequired] bool Succeeds);

    private sealed record GivenHiding([property: JsonRequired] bool Hidden);
}
