using MPanel.Database.Customers;
using MPanel.Database.Orders;
using MPanel.Jobs.Engine;

namespace MPanel.Jobs.Orders;

/// <summary>Sacred path, see docs/blueprint.md. Finds the customer by e-mail address, or creates one.</summary>
public sealed class CustomerStep : IStep
{
    public const string StepKind = "order.customer";

    public string Kind => StepKind;
    public string Title => "Customer";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var transaction = await step.Begin(cancellationToken);
        var intake = await Intakes.Get(transaction.Connection!, OrderChain.IntakeId(step.Payload), transaction);
        var body = OrderBody.FromJson(intake.Body);
        var customer = await FindOrCreateCustomer.Run(transaction, intake.Id, body.CustomerEmail, body.CustomerName, Billed(body));
        if (body.BillingLeftOut is { Count: > 0 } leftOut)
            await IntakeNote.Append(
                transaction,
                intake.Id,
                $"Of whom the order is billed to, these fields could not be kept: {string.Join(", ", leftOut)}.",
                step.CorrelationId
            );
        return new StepVerdict.Done(customer.Created ? "New customer" : "Known customer");
    }

    private static BilledTo? Billed(OrderBody body) =>
        body.Billing is { } b ? new BilledTo(b.Company, b.VatId, b.Phone, b.Address, b.Country) : null;
}
