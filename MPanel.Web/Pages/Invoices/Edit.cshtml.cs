using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Invoices;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Invoices;

[Permission(Permissions.InvoicesManage)]
public sealed class EditModel(ListDatabase database, InvoiceActions actions) : PanelPage
{
    [BindProperty]
    public DraftForm Input { get; set; } = new();

    public InvoiceDetail Draft { get; private set; } = null!;

    /// <summary>What saving the form would replace.</summary>
    public int CurrentVersion { get; private set; }

    /// <summary>Somebody else saved it meanwhile.</summary>
    public bool Conflict { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await InvoiceFacts.Of(db, id) is not { } draft)
            return NotFound();
        if (draft.Status != InvoiceState.Draft)
            return Refused("Only a draft can be changed.", $"/invoices/{id}");
        (Draft, CurrentVersion) = (draft, draft.Terms.Version);
        Input = DraftForm.Of(draft, await InvoiceFacts.Lines(db, id)).WithRoom();
        return Page();
    }

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostAsync(long id, int version)
    {
        Input = Input.Filled();
        var outcome = await actions.Change(Actor, id, version, Input.Input);
        switch (outcome)
        {
            case Outcome<LockedInvoice>.Done:
                return Done("The draft was saved.", $"/invoices/{id}");
            case Outcome<LockedInvoice>.Missing:
                return NotFound();
            case Outcome<LockedInvoice>.Refused { Why: { Kind: not RefusalKind.Invalid } state }:
                return Refused(state.Text, $"/invoices/{id}");
        }
        ModelState.Clear();
        CurrentVersion = version;
        if (outcome is Outcome<LockedInvoice>.Refused { Why: var why })
            ModelState.Add(why.Faults);
        if (outcome is Outcome<LockedInvoice>.Conflict { Current: var now })
        {
            (CurrentVersion, Conflict) = (now.Version, true);
            Response.StatusCode = StatusCodes.Status409Conflict;
        }
        await using var db = await database.Open(HttpContext.RequestAborted);
        Draft = (await InvoiceFacts.Of(db, id))!;
        Input = Input.WithRoom();
        return Page();
    }
}
