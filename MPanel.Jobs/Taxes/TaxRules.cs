using System.Text.Json.Serialization;
using MPanel.Database.Taxes;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Taxes;

/// <summary>What is charged, and what is said of it.</summary>
/// <param name="Rate">Percent.</param>
/// <param name="Note">As printed; null for nothing.</param>
public sealed record TaxVerdict(string Category, decimal Rate, string? Note = null);

/// <summary>A rate as it is written, by a form or by the API; nothing of it is believed yet.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Category">S for a rate, Z for a rate of zero, E exempt, O outside of tax; null for S.</param>
/// <param name="Until">Its last day; null while none is known.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaxRateInput(
    string? Country = null,
    string? Category = null,
    decimal? Percent = null,
    DateOnly? From = null,
    DateOnly? Until = null
);

/// <summary>Which tax a sale has.</summary>
public static class TaxRules
{
    public const string ReverseCharge = "Reverse charge: the buyer owes the tax (Article 196 of Directive 2006/112/EC).";

    private static readonly DateOnly FirstDay = new(1990, 1, 1);
    private static readonly DateOnly LastDay = new(2199, 12, 31);

    /// <summary>
    /// Exempt customers pay none; businesses of another country of the Union owe it themselves; else the rate of the buyer's country holds. Who
    /// is in the Union, where their country has no rate here, or whose country nobody knows, pays the seller's. All others are outside.
    /// </summary>
    public static TaxVerdict Decide(TaxFacts facts, string? sellerVatId)
    {
        if (facts.ExemptReason is { } reason)
            return new(TaxCategory.Exempt, 0, $"Exempt from tax: {reason}");
        var home = VatIds.CountryOf(sellerVatId);
        if (facts.Country is not null && facts.Country != home && VatIds.Fits(sellerVatId, home) && VatIds.Fits(facts.VatId, facts.Country))
            return new(TaxCategory.ReverseCharge, 0, ReverseCharge);
        if (facts.Category is { } category)
            return new(category, facts.Percent!.Value);
        var atHome = facts.Country is null || facts.Country == home || (VatIds.IsOfTheUnion(facts.Country) && VatIds.IsOfTheUnion(home));
        return atHome && facts.HomeCategory is { } own ? new(own, facts.HomePercent!.Value) : new(TaxCategory.Outside, 0);
    }

    public static Checked<TaxRateFields> Check(TaxRateInput input)
    {
        var faults = new List<FieldError>();
        var country = input.Country?.Trim().ToUpperInvariant();
        if (country is null || Countries.All.All(c => c.Code != country))
            faults.Add(new("country", "invalid_country", "Must be a country's two-letter code."));
        var category = string.IsNullOrWhiteSpace(input.Category) ? TaxCategory.Standard : input.Category.Trim().ToUpperInvariant();
        if (!TaxCategory.OfRates.Contains(category))
            faults.Add(new("category", "invalid_category", $"Must be one of {string.Join(", ", TaxCategory.OfRates)}."));
        var percent = input.Percent ?? 0;
        if (percent is < 0 or >= 100 || decimal.Round(percent, 3) != percent || (category == TaxCategory.Standard) != (percent > 0))
            faults.Add(
                new(
                    "percent",
                    "invalid_percent",
                    "Must be above 0 and below 100 for category S, with three decimals at most, and 0 for others."
                )
            );
        if (input.From is null || input.From < FirstDay || input.From > LastDay)
            faults.Add(new("from", "invalid_day", "Must be a day from 1990 on."));
        if (input.Until is { } until && (until < input.From || until > LastDay))
            faults.Add(new("until", "invalid_day", "Must not be before the first day."));
        return new(
            faults.Count > 0
                ? null
                : new TaxRateFields(country!, category, percent, Start(input.From!.Value), input.Until is { } last ? Start(last) : null),
            faults
        );
    }

    /// <returns>Null for no day that a rate can end on.</returns>
    public static DateTimeOffset? LastDayOf(DateOnly? day) => day is { } last && last >= FirstDay && last <= LastDay ? Start(last) : null;

    public static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
