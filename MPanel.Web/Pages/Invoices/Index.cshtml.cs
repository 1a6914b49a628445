using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Invoices;

public sealed class IndexModel(ListDatabase database, StripeDashboard stripe) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<InvoiceRow> Rows { get; private set; } = [];

    /// <summary>Of the rows shown.</summary>
    public IReadOnlyList<InvoiceSum> PageSums { get; private set; } = [];

    /// <summary>Of the whole list; empty where it is one page anyway, or too long to add up.</summary>
    public IReadOnlyList<InvoiceSum> AllSums { get; private set; } = [];

    public string? StripeLink(InvoiceRow invoice) => stripe.Payment(invoice.PaymentIntent, invoice.Livemode);

    public async Task OnGetAsync()
    {
        var query = ReadList(InvoiceRoutes.List);
        var filter = InvoiceRoutes.Filter(query, User.TimeZone());
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await InvoiceList.Read(db, filter, query.Slice);
        var total = await InvoiceList.Count(db, filter);
        Rows = slice.Rows;
        PageSums =
        [
            .. Rows.GroupBy(i => i.Currency).OrderBy(g => g.Key).Select(g => new InvoiceSum(g.Key, g.Sum(i => i.Total), g.Count())),
        ];
        if (total.Exact && total.Count > Rows.Count)
            AllSums = await InvoiceList.Sums(db, filter);
        List = ListView.Of(query, Request.Path, "invoices", total, slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(InvoiceRoutes.List);
        var filter = InvoiceRoutes.Filter(query, User.TimeZone());
        await using var db = await database.Open(HttpContext.RequestAborted);
        await CsvFile.Write(
            Response,
            "invoices",
            query,
            slice => InvoiceList.Read(db, filter, slice),
            ("Number", i => i.Number),
            ("Customer", i => i.Customer),
            ("Status", i => i.Status),
            ("Amount", i => i.Total),
            ("Currency", i => i.Currency),
            ("Issued", i => i.IssuedAt),
            ("Paid", i => i.PaidAt),
            ("Payment", i => i.PaymentIntent)
        );
        return new EmptyResult();
    }
}
