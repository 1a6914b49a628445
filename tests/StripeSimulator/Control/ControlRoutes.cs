using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MPanel.StripeSimulator.Failures;
using MPanel.StripeSimulator.Payments;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Control;

/// <summary>What tests and the demo steer the simulator with. Not Stripe's. No key is asked for: it listens on loopback.</summary>
internal static partial class ControlRoutes
{
    private static readonly string[] Statuses =
    [
        "requires_payment_method",
        "requires_confirmation",
        "requires_action",
        "requires_capture",
        "processing",
        "canceled",
        "succeeded",
    ];

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public static void MapControl(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/health", () => Results.Json(new { status = "ok" }, Options));

        routes.MapPut("/_sim/payment_intents/{id}", PutPayment);
        routes.MapPut("/_sim/payment_intents/{id}/order", PutOrder);
        routes.MapGet("/_sim/payment_intents", (PaymentStore store) => Results.Json(store.All, Options));
        routes.MapGet(
            "/_sim/payment_intents/{id}",
            (string id, PaymentStore store) => store.Find(id) is { } payment ? Results.Json(payment, Options) : Results.NotFound()
        );
        routes.MapDelete("/_sim/payment_intents", (PaymentStore store) => Done(store.Clear));

        routes.MapPost("/_sim/failures", AddFailure);
        routes.MapGet("/_sim/failures", (FailureSwitches failures) => Results.Json(failures.All, Options));
        routes.MapDelete("/_sim/failures", (FailureSwitches failures) => Done(failures.Clear));

        routes.MapGet("/_sim/requests", (RequestLog log) => Results.Json(log.All, Options));
        routes.MapDelete("/_sim/requests", (RequestLog log) => Done(log.Clear));
    }

    private static async Task<IResult> PutPayment(HttpContext context, string id, PaymentStore store)
    {
        if (!PaymentIntentId().IsMatch(id))
            return Wrong($"'{id}' is not the id of a PaymentIntent.");
        var (given, wrong) = await Read<GivenPayment>(context);
        if (given is null)
            return Wrong(wrong);
        var status = given.Status ?? "succeeded";
        if (!Statuses.Contains(status))
            return Wrong($"status is one of {string.Join(", ", Statuses)}.");
        var existed = store.Find(id);
        var payment = new SimulatedPayment(
            id,
            given.Amount,
            given.Currency.ToLowerInvariant(),
            status,
            given.Livemode,
            given.Created ?? existed?.Created ?? store.Now
        )
        {
            Metadata = given.Metadata ?? existed?.Metadata ?? new Dictionary<string, string>(),
            ReceiptEmail = given.ReceiptEmail ?? existed?.ReceiptEmail,
            BillingEmail = given.BillingEmail ?? existed?.BillingEmail,
            Invoice = given.Invoice ?? existed?.Invoice,
            AmountRefunded = given.AmountRefunded,
            Disputed = given.Disputed,
            PaymentMethod = "pm_card_visa",
            ChargeId = status is "succeeded" or "processing" ? existed?.ChargeId ?? StripeId.New("ch") : null,
            AmountReceived = status == "succeeded" ? given.AmountReceived ?? given.Amount : 0,
        };
        return Results.Json(store.Put(payment), Options, statusCode: existed is null ? 201 : 200);
    }

    /// <summary>The order that a payment was made for, where it names none yet: what a shop says when it makes the payment.</summary>
    private static async Task<IResult> PutOrder(HttpContext context, string id, PaymentStore store)
    {
        var (given, wrong) = await Read<GivenOrder>(context);
        if (given is null)
            return Wrong(wrong);
        var (payment, _) = store.Change(
            id,
            p =>
                (
                    p.Metadata.ContainsKey(OrderKey)
                        ? p
                        : p with
                        {
                            Metadata = new Dictionary<string, string>(p.Metadata) { [OrderKey] = given.MpanelOrder },
                        },
                    null
                )
        );
        return payment is null ? Results.NotFound() : Results.Json(payment, Options);
    }

    private static async Task<IResult> AddFailure(HttpContext context, FailureSwitches failures)
    {
        var (failure, wrong) = await Read<Failure>(context);
        if (failure is null)
            return Wrong(wrong);
        if (failure.Count is <= 0)
            return Wrong("count is above 0, or left out for until cleared.");
        failures.Add(failure);
        return Results.Json(failure, Options, statusCode: 201);
    }

    private static async Task<(T? Value, string Wrong)> Read<T>(HttpContext context)
    {
        try
        {
            return (await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted), "A body is needed.");
        }
        catch (JsonException e)
        {
            return (default, e.Message);
        }
    }

    private static IResult Wrong(string message) => Results.Json(new { error = message }, Options, statusCode: 400);

    private static IResult Done(Action action)
    {
        action();
        return Results.NoContent();
    }

    [GeneratedRegex(@"^pi_[A-Za-z0-9_]{1,250}\z")]
    private static partial Regex PaymentIntentId();

    private const string OrderKey = "mpanel_order";

    private sealed record GivenOrder([property: JsonRequired] string MpanelOrder);

    /// <summary>A payment as it is to be; what isn't given has the value of a payment that went well, in test mode.</summary>
    /// <param name="Amount">Minor units.</param>
    /// <param name="Invoice">Of Stripe's, that it paid.</param>
    /// <param name="Created">Seconds since 1970.</param>
    private sealed record GivenPayment(
        [property: JsonRequired] long Amount,
        [property: JsonRequired] string Currency,
        string? Status = null,
        bool Livemode = false,
        long? AmountReceived = null,
        long AmountRefunded = 0,
        bool Disputed = false,
        IReadOnlyDictionary<string, string>? Metadata = null,
        string? ReceiptEmail = null,
        string? BillingEmail = null,
        string? Invoice = null,
        long? Created = null
    );
}
