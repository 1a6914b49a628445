using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Customers;
using MPanel.Web.Api;
using MPanel.Web.Api.Customers;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Security;

namespace MPanel.Web.Pages.Customers;

[Permission("customers.manage")]
public sealed class NewModel(CustomerChanges changes) : PanelPage
{
    [BindProperty]
    public CustomerInput Input { get; set; } = new();

    [Permission("customers.manage")]
    public async Task<IActionResult> OnPostAsync()
    {
        switch (await changes.Create(HttpContext, Input))
        {
            case Change<CustomerDetail>.Saved saved:
                return Done("The customer was created.", $"/admin/customers/{saved.Id}");
            case Change<CustomerDetail>.Refused refused:
                ModelState.Add(refused.Faults);
                break;
        }
        return Page();
    }
}
