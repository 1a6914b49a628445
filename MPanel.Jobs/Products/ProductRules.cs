using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Database.Servers;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Payments;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Text;

namespace MPanel.Jobs.Products;

/// <summary>A price as it is written.</summary>
/// <param name="BillingPeriod">month, year or one_time.</param>
/// <param name="Currency">Three letters.</param>
/// <param name="Amount">Major units, no finer than the currency goes.</param>
/// <param name="Active">Whether it is sold at this price.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PriceInput(string? BillingPeriod = null, string? Currency = null, decimal? Amount = null, bool Active = true);

/// <summary>A product as it is written, by a form or by the API; nothing of it is believed yet.</summary>
public sealed record ProductInput(
    string? Name = null,
    string? Description = null,
    string? Provisions = null,
    string? ServerRole = null,
    IReadOnlyList<string?>? ServerTags = null,
    bool Active = true,
    int? Rank = null,
    LimitsInput? Limits = null
);

/// <summary>What a product must look like; the database's CHECKs say the same, less kindly.</summary>
public static partial class ProductRules
{
    public const int LongestDescription = 1000;
    public const int HighestRank = 1_000_000;
    private const int MostTags = 20;
    private const int MostPrices = 60;

    public static readonly IReadOnlyList<string> Provisions = [.. TaskKinds.Codes, TaskKind.None];
    public static readonly IReadOnlyList<string> ServerRoles = ServerRole.All;
    public static readonly IReadOnlyList<string> Periods = BillingPeriod.All;

    /// <returns>What is wrong with it as the code of a new product; null when nothing is.</returns>
    public static FieldError? CheckCode(string? code) =>
        code is null || !Word().IsMatch(code)
            ? new("code", "invalid_code", "Must be lower-case letters, digits and hyphens, at most 63, not beginning with a hyphen.")
        // The address of the form that creates products.
        : code == "new" ? new("code", "reserved_code", "This code is reserved.")
        : null;

    public static Checked<ProductFields> Check(ProductInput input)
    {
        var faults = new List<FieldError>();
        var name = input.Name?.Trim();
        if (string.IsNullOrEmpty(name) || name.Length > OrderRules.LongestName || PlainText.HasInvisible(name))
            faults.Add(new("name", "invalid_name", $"Must be 1 to {OrderRules.LongestName} visible characters."));
        var description = input.Description?.Trim() ?? "";
        if (description.Length > LongestDescription || PlainText.HasInvisible(description))
            faults.Add(new("description", "invalid_description", $"Must be one line of at most {LongestDescription} visible characters."));
        if (input.Provisions is null || !Provisions.Contains(input.Provisions))
            faults.Add(new("provisions", "invalid_provisions", $"Must be {OneOf(Provisions)}."));
        var role = string.IsNullOrEmpty(input.ServerRole) ? TaskKinds.Find(input.Provisions)?.ServerRole : input.ServerRole;
        if (input.Provisions == TaskKind.None && role is not null)
            faults.Add(new("serverRole", "invalid_server_role", "Must be empty where nothing is provisioned."));
        else if (input.Provisions != TaskKind.None && (role is null || !ServerRoles.Contains(role)))
            faults.Add(new("serverRole", "invalid_server_role", $"Must be {OneOf(ServerRoles)}."));
        var tags = (input.ServerTags ?? []).Select(t => t?.Trim() ?? "").Where(t => t.Length > 0).Distinct().ToArray();
        if (tags.Length > MostTags || !tags.All(t => Word().IsMatch(t)))
            faults.Add(
                new("serverTags", "invalid_server_tags", $"Must be at most {MostTags} words of lower-case letters, digits and hyphens.")
            );
        if (input.Rank is < 0 or > HighestRank)
            faults.Add(new("rank", "invalid_rank", $"Must be a whole number from 0 to {HighestRank}."));
        return new(
            faults.Count > 0 ? null : new ProductFields(name!, description, input.Provisions!, role, tags, input.Rank ?? 0, input.Active),
            faults
        );
    }

    public static Checked<IReadOnlyList<ProductPrice>> CheckPrices(IReadOnlyList<PriceInput?> inputs)
    {
        var faults = new List<FieldError>();
        if (inputs.Count > MostPrices)
            faults.Add(new("prices", "too_many_prices", $"Must be at most {MostPrices}."));
        var prices = inputs.Select((input, i) => CheckPrice(input ?? new PriceInput(), $"prices[{i}]", faults)).ToList();
        if (prices.DistinctBy(p => (p.BillingPeriod, p.Currency)).Count() < prices.Count && faults.Count == 0)
            faults.Add(new("prices", "price_given_twice", "Each period and currency may be given once only."));
        return new(faults.Count > 0 ? null : prices, faults);
    }

    private static ProductPrice CheckPrice(PriceInput input, string path, List<FieldError> faults)
    {
        if (input.BillingPeriod is null || !Periods.Contains(input.BillingPeriod))
            faults.Add(new($"{path}.billingPeriod", "invalid_billing_period", $"Must be {OneOf(Periods)}."));
        var currency = CurrencyExponents.Normalize(input.Currency?.Trim() ?? "");
        if (currency is null)
            faults.Add(new($"{path}.currency", "invalid_currency", "Must be a currency's three letters."));
        else if (
            input.Amount is not (>= 0 and <= OrderRules.HighestPrice)
            || CurrencyExponents.ToMinor(input.Amount.Value, currency) is null
        )
            faults.Add(
                new(
                    $"{path}.amount",
                    "invalid_amount",
                    $"Must be 0 to {OrderRules.HighestPrice:N0}, with no more decimals than {currency} has."
                )
            );
        return new ProductPrice(input.BillingPeriod ?? "", currency ?? "", input.Amount ?? 0, input.Active);
    }

    private static string OneOf(IReadOnlyList<string> values) => $"{string.Join(", ", values.SkipLast(1))} or {values[^1]}";

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
