using System.Text.Json;
using MPanel.Database.Refunds;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Refunds;

/// <summary>
/// Asks Stripe for a refund, and books what it answers. Whatever dies on the way, Stripe gives the money back once: the key of the question
/// is the refund's own, and it is looked for among Stripe's refunds first, since Stripe forgets keys after a day.
/// </summary>
public sealed class RefundStep(NpgsqlDataSource dataSource, StripeRefunds stripe, RefundBooks books, TimeProvider time) : IStep
{
    public string Kind => RefundChain.ChainKind;
    public string Title => "Refund";
    public RetrySchedule Retries => RetrySchedule.Day;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        using var payload = JsonDocument.Parse(step.Payload);
        RequestedRefund refund;
        await using (var db = await dataSource.OpenConnectionAsync(cancellationToken))
            refund = (await RequestRefund.ById(db, payload.RootElement.GetProperty("refundId").GetInt64()))!;
        // Its webhook was here first, or it was refused.
        if (refund.Status != RefundState.Requested)
            return new StepVerdict.Done($"It is {refund.Status} already");
        var made = await stripe.Find(refund, cancellationToken);
        if (made == RefundMade.Nothing)
            made = await stripe.Make(refund, cancellationToken);
        return made switch
        {
            { Refund: { } reported } => await Book(step, refund, reported, cancellationToken),
            { Failure: PaymentLookup.Refused { Code: "stripe_refused", Message: var why } } => await Refuse(
                step,
                refund,
                why,
                cancellationToken
            ),
            { Failure: { } failure } => StripeTrouble.Verdict(failure),
            _ => throw new InvalidOperationException("Stripe gave neither a refund nor a reason."),
        };
    }

    private async Task<StepVerdict> Book(StepRun step, RequestedRefund refund, ReportedRefund reported, CancellationToken cancellationToken)
    {
        var transaction = await step.Begin(cancellationToken);
        var payment = (await LockedPayment.Of(transaction, refund.PaymentIntentId))!;
        // The reason that was given here, not Stripe's.
        var line = await books.Apply(transaction, payment, reported with { Reason = refund.Reason }, step.CorrelationId);
        return new StepVerdict.Done(line ?? "It is in the books already");
    }

    private async Task<StepVerdict> Refuse(StepRun step, RequestedRefund refund, string why, CancellationToken cancellationToken)
    {
        var transaction = await step.Begin(cancellationToken);
        if (!await RequestRefund.Refuse(transaction, refund, why, time.GetUtcNow()))
            return new StepVerdict.Done("Stripe has it by now");
        var line = $"Stripe refused the refund of {Money.Text(refund.Amount, refund.Currency)}: {why}";
        await RefundLine.Append(transaction, refund.PaymentId, line, "stripe", step.CorrelationId);
        return new StepVerdict.Done(line);
    }
}
