using System.Globalization;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;

namespace MPanel.Web.Pages.Orders.Refused;

/// <summary>A line of the form; nothing in it is a line that was left empty.</summary>
public sealed record RefusedFormItem
{
    public string? ProductSlug { get; init; }
    public string? Qty { get; init; }
    public string? UnitPrice { get; init; }
    public string? BillingPeriod { get; init; }

    public bool IsEmpty => string.IsNullOrWhiteSpace(ProductSlug) && string.IsNullOrWhiteSpace(Qty) && string.IsNullOrWhiteSpace(UnitPrice);
}

/// <summary>The order as somebody corrects it.</summary>
public sealed record RefusedForm
{
    public string? StripePaymentIntentId { get; init; }
    public string? CustomerEmail { get; init; }
    public string? CustomerName { get; init; }
    public string? PrimaryDomain { get; init; }
    public string? Currency { get; init; }
    public string? PromotionCode { get; init; }
    public List<RefusedFormItem> Items { get; init; } = [];

    /// <summary>With an empty line behind the others, for what is missing.</summary>
    public static RefusedForm Of(OrderRequest? order) =>
        new()
        {
            StripePaymentIntentId = order?.StripePaymentIntentId,
            CustomerEmail = order?.CustomerEmail,
            CustomerName = order?.CustomerName,
            PrimaryDomain = order?.PrimaryDomain,
            Currency = order?.Currency,
            PromotionCode = order?.PromotionCode,
            Items =
            [
                .. (order?.Items ?? []).Select(i => new RefusedFormItem
                {
                    ProductSlug = i?.ProductSlug,
                    Qty = i?.Qty?.ToString(CultureInfo.InvariantCulture),
                    UnitPrice = i?.UnitPrice?.ToString(CultureInfo.InvariantCulture),
                    BillingPeriod = i?.BillingPeriod,
                }),
                new RefusedFormItem(),
            ],
        };

    /// <summary>As the form is shown again: without the lines that were left empty, so that faults name the lines that are seen.</summary>
    public RefusedForm WithoutEmptyLines() => this with { Items = [.. Items.Where(i => !i.IsEmpty).Take(OrderRules.MostItems)] };

    /// <summary>The same with an empty line behind the others again.</summary>
    public RefusedForm WithSpareLine() => this with { Items = [.. Items, new RefusedFormItem()] };

    /// <summary>Numbers that can't be read: they are there, so nobody may be told that they are missing.</summary>
    public IReadOnlyList<FieldError> Unreadable() =>
        [
            .. Items.SelectMany(
                (item, i) =>
                    new[]
                    {
                        Wrong($"items[{i}].qty", item.Qty, "1"),
                        Wrong($"items[{i}].unitPrice", item.UnitPrice, "29.88"),
                    }.OfType<FieldError>()
            ),
        ];

    private static FieldError? Wrong(string path, string? text, string example) =>
        string.IsNullOrWhiteSpace(text) || Number(text) is not null
            ? null
            : new FieldError(path, "not_a_number", $"Write it with digits and a point, such as {example}.");

    /// <param name="sent">What can be read of what was sent: whom it is billed to stays as it is there.</param>
    public OrderRequest Request(OrderRequest? sent) =>
        new(
            StripePaymentIntentId,
            CustomerEmail,
            CustomerName,
            [.. Items.Select(i => new OrderRequestItem(i.ProductSlug?.Trim(), Number(i.Qty), Number(i.UnitPrice), i.BillingPeriod))],
            PrimaryDomain,
            sent?.Billing,
            Currency,
            PromotionCode
        );

    private static decimal? Number(string? text) =>
        decimal.TryParse(text?.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
