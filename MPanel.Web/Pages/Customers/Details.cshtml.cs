using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Customers;
using MPanel.Database.Disputes;
using MPanel.Database.Emails;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Database.Subscriptions;
using MPanel.Jobs.Access;
using MPanel.Jobs.Customers;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Customers;

/// <summary>Everything of one customer, as far as whoever looks may see it.</summary>
public sealed class DetailsModel(ListDatabase database, CustomerActions actions, EmailActions mail) : PanelPage
{
    private const int Shown = 10;

    public CustomerDetail Customer { get; private set; } = null!;
    public IReadOnlyList<CurrencyTotal> Paid { get; private set; } = [];

    /// <summary>By currency; empty for those who never had any, and for whoever may not see it.</summary>
    public IReadOnlyList<CreditBalance> Credit { get; private set; } = [];
    public IReadOnlyList<CreditEntry> CreditEntries { get; private set; } = [];
    public IReadOnlyList<SubscriptionRow> Subscriptions { get; private set; } = [];
    public IReadOnlyList<InvoiceRow> Invoices { get; private set; } = [];

    /// <summary>What their bank says against payments.</summary>
    public IReadOnlyList<DisputeRow> Disputes { get; private set; } = [];
    public IReadOnlyList<CustomerOrder> Orders { get; private set; } = [];
    public IReadOnlyList<CustomerWebsite> Websites { get; private set; } = [];
    public IReadOnlyList<CustomerDomain> Domains { get; private set; } = [];
    public IReadOnlyList<EmailRow> Emails { get; private set; } = [];

    /// <summary>Of the customer's address; null where it takes mail.</summary>
    public Suppression? Suppression { get; private set; }
    public IReadOnlyList<CustomerNote> Notes { get; private set; } = [];

    [BindProperty]
    public string? Note { get; set; }

    public Task<IActionResult> OnGetAsync(long id) => Show(id);

    [Permission(Permissions.CustomersManage)]
    public async Task<IActionResult> OnPostNoteAsync(long id)
    {
        var outcome = await actions.AddNote(Actor, id, Note);
        if (outcome is not Outcome<CustomerNote>.Refused { Why: var why })
            return await Answer(outcome, _ => "The note was added.");
        ModelState.AddModelError(nameof(Note), why.Text);
        return await Show(id);
    }

    [Permission(Permissions.EmailsManage)]
    public async Task<IActionResult> OnPostAllowMailAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await CustomerFacts.Of(db, id) is not { } customer)
            return NotFound();
        return await EmailFacts.SuppressionOf(db, customer.Fields.Email) is { } refused
            ? await Answer(await mail.Allow(Actor, refused.Id), address => $"{address} gets mail again.")
            : Done("It gets mail already.");
    }

    private async Task<IActionResult> Show(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await CustomerFacts.Of(db, id) is not { } customer)
            return NotFound();
        Customer = customer;
        Notes = [.. await CustomerNotes.Of(db, id)];
        await ReadServices(db, id);
        return Page();
    }

    private async Task ReadServices(NpgsqlConnection db, long id)
    {
        if (May(Permissions.InvoicesView))
        {
            Disputes = await DisputeList.Of(db, new DisputeFilter(Customer: id));
            Paid = [.. (await CustomerTotals.Paid(db, [id]))[id]];
            Credit = await CustomerCredit.Balances(db, id);
            CreditEntries = Credit.Count == 0 ? [] : await CustomerCredit.Entries(db, id, CustomerFacts.Shown);
            Invoices = (await InvoiceList.Read(db, new(null, null, null, id, null, null), Newest(InvoiceList.Sorts[0]))).Rows;
        }
        if (May(Permissions.SubscriptionsView))
            Subscriptions = (await SubscriptionList.Read(db, new(null, null, null, id, null), Newest(SubscriptionList.Sorts[0]))).Rows;
        if (May(Permissions.OrdersView))
            Orders = [.. await CustomerFacts.Orders(db, id)];
        if (May(Permissions.WebsitesView))
            Websites = [.. await CustomerFacts.Websites(db, id)];
        if (May(Permissions.DomainsView))
            Domains = [.. await CustomerFacts.Domains(db, id)];
        if (May(Permissions.EmailsView))
        {
            Emails = (await EmailList.Read(db, new(null, null, null, id, null, null), Newest(EmailList.Sorts[0]))).Rows;
            Suppression = await EmailFacts.SuppressionOf(db, Customer.Fields.Email);
        }
    }

    private static SliceRequest Newest(SortColumn sort) => new(sort, Descending: true, Edge: null, Shown);
}
