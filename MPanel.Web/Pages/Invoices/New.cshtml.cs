using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MPanel.Database.Customers;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Invoices;

[Permission(Permissions.InvoicesManage)]
public sealed class NewModel(ListDatabase database, InvoiceActions actions, IOptions<OrderOptions> orders, IOptions<BillingOptions> billing)
    : PanelPage
{
    [BindProperty]
    public DraftForm Input { get; set; } = new();

    /// <summary>Of the customer, by whom they are found.</summary>
    [BindProperty]
    public string? Email { get; set; }

    /// <summary>Names the form: sent twice, it is one draft.</summary>
    [BindProperty]
    public Guid RequestId { get; set; }

    public async Task OnGetAsync(long? customer)
    {
        RequestId = Guid.NewGuid();
        Input = new DraftForm { Currency = orders.Value.Currency, DueDays = $"{billing.Value.DueDays}" }.WithRoom();
        if (customer is { } id && May(Permissions.CustomersView))
        {
            await using var db = await database.Open(HttpContext.RequestAborted);
            Email = (await CustomerFacts.Of(db, id))?.Fields.Email;
        }
    }

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostAsync()
    {
        Input = Input.Filled();
        await using var db = await database.Open(HttpContext.RequestAborted);
        var customer = await CustomerFacts.IdOf(db, Email?.Trim() ?? "");
        var uid = RequestId == Guid.Empty ? Guid.NewGuid() : RequestId;
        var outcome = await actions.Create(Actor, uid, customer ?? 0, Input.Input);
        if (outcome is Outcome<LockedInvoice>.Done { Value: var draft })
            return Done("The draft was saved. Look at it, and issue it.", $"/invoices/{draft.Id}");
        ModelState.Clear();
        if (outcome is Outcome<LockedInvoice>.Refused { Why: var why })
            ModelState.Add(why.Faults.Where(f => f.Path != "customerId"));
        if (customer is null)
            ModelState.AddModelError(nameof(Email), "No customer has this e-mail address.");
        Input = Input.WithRoom();
        return Page();
    }
}
