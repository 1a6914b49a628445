using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Web.Api.Invoices;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Invoices;

public sealed class IndexModel(ListDatabase database, StripeDashboard stripe, TimeProvider time)
    : ListPage<InvoiceRow, InvoiceFilter>(InvoiceRoutes.List, database)
{
    /// <summary>Of the rows shown, without drafts.</summary>
    public IReadOnlyList<InvoiceSum> PageSums =>
        [
            .. Rows.Where(i => i.Number is not null)
                .GroupBy(i => i.Currency)
                .OrderBy(g => g.Key)
                .Select(g => new InvoiceSum(g.Key, g.Sum(i => i.Total), g.Count())),
        ];

    /// <summary>Of the whole list; empty where it is one page anyway, or too long to add up.</summary>
    public IReadOnlyList<InvoiceSum> AllSums { get; private set; } = [];

    public string? StripeLink(InvoiceRow invoice) => stripe.Payment(invoice.PaymentIntent, invoice.Livemode);

    public bool Overdue(InvoiceRow invoice) =>
        invoice is { Status: InvoiceState.Open, DueOn: { } due } && due < DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    protected override async Task ReadMore(NpgsqlConnection db, InvoiceFilter filter, ListTotal total)
    {
        if (total.Exact && total.Count > Rows.Count)
            AllSums = await InvoiceList.Sums(db, filter);
    }
}
