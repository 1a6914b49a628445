using Microsoft.Extensions.Options;
using MPanel.Database.Orders;
using MPanel.Database.Payments;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Orders;

/// <summary>Sacred path, see docs/blueprint.md. Asks Stripe whether the money is there: nothing is provisioned on doubt.</summary>
public sealed class PaymentStep(
    NpgsqlDataSource dataSource,
    StripePayments payments,
    UnboundPayments unbound,
    IOptions<StripeOptions> stripe
) : IStep
{
    /// <summary>The payment was made for something else, or nobody can tell.</summary>
    public const string Unbound = "payment_unbound";

    /// <summary>A person closed it when it was refused, and it was sent again. A person may accept that.</summary>
    public const string RefusalWasClosed = "refusal_was_closed";

    /// <summary>What was paid went back, in whole or in part.</summary>
    public const string Refunded = "payment_refunded";

    public const string StepKind = "order.payment";
    public const string Cancelled = "payment_cancelled";

    public string Kind => StepKind;
    public string Title => "Payment";
    public RetrySchedule Retries => RetrySchedule.Day;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        IntakeRow intake;
        await using (var db = await dataSource.OpenConnectionAsync(cancellationToken))
            intake = await Intakes.Get(db, OrderChain.IntakeId(step.Payload));
        var body = OrderBody.FromJson(intake.Body);

        switch (await payments.Find(body.StripePaymentIntentId, cancellationToken))
        {
            case PaymentLookup.Found { Payment: var payment }:
                if (Doubt(payment, body) is { } doubt)
                    return doubt;
                if (!intake.Accepted.Contains(Unbound) && await MadeForAnother(payment, body, intake, cancellationToken) is { } other)
                    return other;
                if (intake.RefusalClosed && !intake.Accepted.Contains(RefusalWasClosed))
                    return new StepVerdict.Review(
                        RefusalWasClosed,
                        "It was refused before, and closed. What was written then is on the timeline; the customer may have the money back."
                    );
                var paid = payment.Money;
                await RecordPayment.Run(
                    await step.Begin(cancellationToken),
                    OrderChain.IntakeId(step.Payload),
                    new ConfirmedPayment(payment.Id, paid.Received, paid.Currency, payment.LiveMode, payment.Facts)
                );
                return new StepVerdict.Done($"{Money.Plain(paid.Received, paid.Currency)} {paid.Currency} paid");
            case var failure:
                return NotFound(failure);
        }
    }

    /// <summary>Anybody who knows the id of a payment of the right amount could order with it, so the payment must name its order.</summary>
    private async Task<StepVerdict?> MadeForAnother(
        GatewayPayment payment,
        OrderBody body,
        IntakeRow intake,
        CancellationToken cancellationToken
    )
    {
        if (payment.OrderBinding is { } named)
            return named == OrderDigest.Binding(body)
                ? null
                : new StepVerdict.Review(
                    Unbound,
                    "The payment was made for another order: its metadata mpanel_order names other contents."
                );
        const string nothing = "The payment does not say what it was made for: its metadata have no mpanel_order.";
        if (!await unbound.MayPass())
            return new StepVerdict.Review(Unbound, nothing);
        if (UnboundPayments.Doubt(payment, body, intake.SentAt) is { } doubt)
            return new StepVerdict.Review(Unbound, $"{nothing} {doubt}");
        var invoice = await payments.PaidAnInvoice(payment.Id, cancellationToken);
        if (invoice.Failure is { } failure)
            return NotFound(failure);
        return invoice.IsPaid ? new StepVerdict.Review(Unbound, $"{nothing} It paid an invoice in Stripe.") : null;
    }

    private static StepVerdict NotFound(PaymentLookup lookup) =>
        lookup switch
        {
            PaymentLookup.NotFound => new StepVerdict.Review("payment_not_found", "Stripe knows no such payment."),
            PaymentLookup.Refused refused => new StepVerdict.Review(refused.Code, $"Stripe refused the question: {refused.Message}"),
            PaymentLookup.Unavailable unavailable => new StepVerdict.Retry(
                unavailable.Code,
                $"Waiting for Stripe: {unavailable.Message}",
                unavailable.RetryAfter
            ),
            _ => throw new InvalidOperationException("The lookup gave an unknown answer."),
        };

    private StepVerdict? Doubt(GatewayPayment payment, OrderBody body)
    {
        var paid = payment.Money;
        return payment switch
        {
            _ when payment.Id != body.StripePaymentIntentId => new StepVerdict.Review(
                "payment_id_mismatch",
                "Stripe answered with another payment."
            ),
            _ when payment.LiveMode != stripe.Value.ExpectedLiveMode => new StepVerdict.Review(
                "payment_mode_mismatch",
                payment.LiveMode ? "A live payment reached a panel in test mode." : "A test payment reached a panel in live mode."
            ),
            { Status: GatewayPaymentStatus.Pending } => new StepVerdict.Retry(
                "payment_pending",
                $"Waiting for the payment: Stripe says {payment.ProviderStatus}."
            ),
            { Status: GatewayPaymentStatus.Cancelled } => new StepVerdict.Close(Cancelled, "The payment was cancelled at Stripe."),
            _ when paid.Currency != body.Currency => new StepVerdict.Review(
                "currency_mismatch",
                $"Paid in {paid.Currency}, ordered in {body.Currency}."
            ),
            _ when paid.Asked != body.Total || paid.Received != body.Total => new StepVerdict.Review(
                "amount_mismatch",
                $"Paid {Money.Plain(paid.Received, paid.Currency)} of {Money.Plain(paid.Asked, paid.Currency)} {paid.Currency}, ordered for {Money.Plain(body.Total, body.Currency)}."
            ),
            { Money.Refunded: > 0 } => new StepVerdict.Review(
                Refunded,
                $"{Money.Plain(paid.Refunded, paid.Currency)} {paid.Currency} of it was refunded."
            ),
            { Disputed: true } => new StepVerdict.Review("payment_disputed", "The customer disputes the payment."),
            _ => null,
        };
    }
}
