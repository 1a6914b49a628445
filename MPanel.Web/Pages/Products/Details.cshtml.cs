using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Products;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Products;
using MPanel.Web.Api;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Products;

public sealed class DetailsModel(ListDatabase database, ProductActions actions) : PanelPage
{
    public ProductDetail Product { get; private set; } = null!;

    /// <summary>What was wrong with the price that was sent; null when nothing was.</summary>
    public PriceFault? Fault { get; private set; }

    /// <param name="Amount">As it was typed.</param>
    public sealed record PriceFault(string? Period, string? Currency, string? Amount, IReadOnlyList<string> Messages)
    {
        public bool IsOf(ProductPrice price) => price.BillingPeriod == Period && price.Currency == Currency;
    }

    public async Task<IActionResult> OnGetAsync(string key) => await Find(key) ? Page() : NotFound();

    /// <summary>Adds a price, or changes the one of that period and currency.</summary>
    [Permission(Permissions.ProductsManage)]
    public async Task<IActionResult> OnPostPriceAsync(
        string key,
        int version,
        string? period,
        string? currency,
        string? amount,
        bool active
    )
    {
        if (!await Find(key))
            return NotFound();
        var read = decimal.TryParse(
            amount,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out var value
        );
        var price = new PriceInput(period, currency, read ? value : null, active);
        switch (await actions.Update(Actor, Product.Code, version, ProductFormOf, [price]))
        {
            case Outcome<ProductDetail>.Done:
                return Done("The price was saved. Subscriptions that are sold keep theirs.", $"/products/{Product.Code}");
            case Outcome<ProductDetail>.Conflict:
                // Theirs stands in the list, one's own in the field: sent again, it replaces theirs.
                await Find(Product.Code);
                Fault = new(period, currency, amount, ["Somebody else changed this product meanwhile. Nothing was saved."]);
                Response.StatusCode = StatusCodes.Status409Conflict;
                break;
            case Outcome<ProductDetail>.Refused { Why: var why }:
                Fault = new(period, currency, amount, [.. why.Faults.Select(f => f.Message)]);
                break;
        }
        return Page();
    }

    private static ProductInput ProductFormOf(ProductDetail now) => ProductForm.Of(now.Fields, now.Limits).Input;

    private async Task<bool> Find(string key)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await ProductFacts.Of(db, key) is not { } product)
            return false;
        Product = product;
        return true;
    }
}
