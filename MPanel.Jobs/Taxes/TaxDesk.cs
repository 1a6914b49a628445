using Microsoft.Extensions.Options;
using MPanel.Database.Taxes;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Taxes;

/// <summary>What a document that is issued now says of its tax.</summary>
public sealed class TaxDesk(IOptions<SellerOptions> seller, IOptions<TaxOptions> options)
{
    /// <summary>Of invoices that a person writes.</summary>
    public bool PricesInclude => options.Value.PricesInclude;

    /// <param name="amount">What the lines come to, major units.</param>
    /// <param name="inclusive">Whether their prices have the tax in them.</param>
    /// <returns>Null where nothing is taxed: no rate holds.</returns>
    public async Task<AppliedTax?> Of(
        NpgsqlTransaction transaction,
        long customerId,
        decimal amount,
        string currency,
        bool inclusive,
        DateTimeOffset now
    ) => Applied(await TaxQuestions.OfCustomer(transaction, customerId, Home, now), amount, currency, inclusive);

    /// <summary>Of the order of an intake: what a checkout took has the tax in it.</summary>
    public async Task<AppliedTax?> OfOrder(NpgsqlTransaction transaction, long intakeId, DateTimeOffset now) =>
        await TaxQuestions.OrderOf(transaction, intakeId) is { } order
            ? Applied(await TaxQuestions.OfOrder(transaction, intakeId, Home, now), order.Total, order.Currency, inclusive: true)
            : null;

    private string? Home => VatIds.CountryOf(seller.Value.Seller.VatId);

    private AppliedTax? Applied(TaxFacts? facts, decimal amount, string currency, bool inclusive)
    {
        if (facts is null)
            return null;
        var vatId = seller.Value.Seller.VatId;
        var verdict = TaxRules.Decide(facts, vatId);
        var sums = TaxSums.Of(amount, verdict.Rate, inclusive, CurrencyExponents.Of(currency) ?? 2);
        return new AppliedTax(verdict.Category, verdict.Rate, verdict.Note, sums.Net, sums.Tax);
    }
}
