using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MPanel.Database.Invoices;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Taxes;

namespace MPanel.Jobs.Orders;

/// <summary>Sacred path, see docs/blueprint.md. One paid invoice per checkout, in the series of the year.</summary>
public sealed class InvoiceStep(
    IOptions<OrderOptions> options,
    IOptions<SellerOptions> seller,
    TaxDesk taxes,
    IWebHostEnvironment environment,
    TimeProvider time
) : IStep
{
    public const string StepKind = "order.invoice";
    public const string SellerMissing = "seller_missing";

    public string Kind => StepKind;
    public string Title => "Invoice";
    public RetrySchedule Retries => RetrySchedule.Minutes;

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        // An invoice keeps its seller for ever: one without can't be mended.
        if (environment.IsProduction() && seller.Value.Seller == InvoiceSeller.None)
            return new StepVerdict.Review(
                SellerMissing,
                "The invoice has no seller. Set Invoices__Seller__Name and Invoices__Seller__Address, restart, and resume the order."
            );
        var transaction = await step.Begin(cancellationToken);
        var now = time.GetUtcNow();
        var series = $"{options.Value.InvoicePrefix}-{now.Year}";
        var intake = OrderChain.IntakeId(step.Payload);
        var tax = await taxes.OfOrder(transaction, intake, now);
        return await IssuePaidInvoice.Run(transaction, intake, series, seller.Value.Seller, now, tax) is { } number
            ? new StepVerdict.Done(number)
            : new StepVerdict.Review(
                PaymentStep.Refunded,
                "A part of the payment went back while the order waited, so it doesn't pay for the order any more. Cancel the order, which refunds the rest."
            );
    }
}
