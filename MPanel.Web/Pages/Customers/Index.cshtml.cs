using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Customers;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Text;
using MPanel.Web.Api.Customers;
using MPanel.Web.Lists;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Customers;

public sealed class IndexModel(ListDatabase database) : PanelPage
{
    public ListView List { get; private set; } = null!;
    public IReadOnlyList<CustomerRow> Rows { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var query = ReadList(CustomerRoutes.List);
        var filter = CustomerRoutes.Filter(query, User.TimeZone());
        await using var db = await database.Open(HttpContext.RequestAborted);
        var slice = await CustomerList.Read(db, filter, query.Slice);
        Rows = slice.Rows;
        List = ListView.Of(query, Request.Path, "customers", await CustomerList.Count(db, filter), slice);
    }

    public async Task<IActionResult> OnGetCsvAsync()
    {
        var query = ReadList(CustomerRoutes.List);
        var filter = CustomerRoutes.Filter(query, User.TimeZone());
        await using var db = await database.Open(HttpContext.RequestAborted);
        List<(string, Func<CustomerRow, object?>)> columns =
        [
            ("Id", c => c.Id),
            ("Name", c => c.Name),
            ("E-mail address", c => c.Email),
            ("Company", c => c.CompanyName),
            ("Country", c => c.Country),
            ("Active subscriptions", c => c.ActiveSubscriptions),
            ("Created", c => c.CreatedAt),
        ];
        if (May(Permissions.InvoicesView))
            columns.Add(("Paid", c => string.Join("; ", c.Paid.Select(p => Money.Text(p.Amount, p.Currency)))));
        await CsvFile.Write(Response, "customers", query, slice => CustomerList.Read(db, filter, slice), [.. columns]);
        return new EmptyResult();
    }
}
