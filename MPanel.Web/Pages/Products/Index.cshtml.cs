using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Products;
using MPanel.Jobs.Text;
using MPanel.Web.Api.Products;
using MPanel.Web.Lists;

namespace MPanel.Web.Pages.Products;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<ProductRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(ProductRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await ProductList.Read(db, ProductRoutes.Filter(query), query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "products", await ProductList.Count(db, ProductRoutes.Filter(query)), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(ProductRoutes.List);
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "products",
            query,
            slice => ProductList.Read(db, ProductRoutes.Filter(query), slice),
            ("Code", p => p.Code),
            ("Name", p => p.Name),
            ("Provisions", p => p.Provisions),
            ("Prices", p => string.Join("; ", p.Prices.Where(x => x.Active).Select(Text))),
            ("Sold", p => p.Active ? "yes" : "no"),
            ("Subscriptions", p => UsedBy(p.Subscriptions)),
            ("Created", p => p.CreatedAt)
        );
        return new EmptyResult();
    }

    public static string Per(string period) => period == "one_time" ? "once" : $"/ {period}";

    /// <param name="count">As counted, up to what is counted at most.</param>
    public static string UsedBy(long count) =>
        count >= ListTotal.Most ? $"{ListTotal.Most:N0}+" : count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(ProductPrice price) => $"{Money.Text(price.Amount, price.Currency)} {Per(price.BillingPeriod)}";
}
