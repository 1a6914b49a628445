using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Customers;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Customers;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Customers;

[Permission(Permissions.CustomersManage)]
public sealed class EditModel(ListDatabase database, CustomerActions actions) : PanelPage
{
    [BindProperty]
    public CustomerInput Input { get; set; } = new();

    public long Id { get; private set; }

    /// <summary>As it is now, whatever the form says.</summary>
    public string Name { get; private set; } = "";

    /// <summary>What saving the form would replace.</summary>
    public int CurrentVersion { get; private set; }
    public EditConflict? Conflict { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (await Find(id) is not { } now)
            return NotFound();
        CurrentVersion = now.Version;
        var fields = now.Fields;
        Input = new(
            fields.Name,
            fields.Email,
            fields.CompanyName,
            fields.VatId,
            fields.Phone,
            fields.BillingAddress,
            fields.Country,
            fields.TaxExemptReason
        );
        return Page();
    }

    [Permission(Permissions.CustomersManage)]
    public async Task<IActionResult> OnPostAsync(long id, int version)
    {
        if (await Find(id) is null)
            return NotFound();
        CurrentVersion = version;
        switch (await actions.Update(Actor, id, version, _ => Input))
        {
            case Outcome<CustomerDetail>.Done:
                return Done("The customer was saved.", $"/admin/customers/{id}");
            case Outcome<CustomerDetail>.Refused { Why: var why }:
                ModelState.Add(why.Faults);
                break;
            case Outcome<CustomerDetail>.Conflict { Current: var now }:
                (CurrentVersion, Conflict) = (now.Version, Compare(now.Fields));
                Response.StatusCode = StatusCodes.Status409Conflict;
                break;
        }
        return Page();
    }

    private EditConflict Compare(CustomerFields now) =>
        new(
            "customer",
            [
                new("Name", now.Name, Input.Name),
                new("E-mail address", now.Email, Input.Email),
                new("Company", now.CompanyName, Input.CompanyName),
                new("VAT id", now.VatId, Input.VatId),
                new("Billing address", now.BillingAddress, Input.BillingAddress?.ReplaceLineEndings("\n")),
                new("Country", now.Country, Input.Country),
                new("Phone", now.Phone, Input.Phone),
                new("Exempt from tax because", now.TaxExemptReason, Input.TaxExemptReason),
            ]
        );

    private async Task<CustomerDetail?> Find(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        var customer = await CustomerFacts.Of(db, id);
        (Id, Name) = (id, customer?.Fields.Name ?? "");
        return customer;
    }
}
