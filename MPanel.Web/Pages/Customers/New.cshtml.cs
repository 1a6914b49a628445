using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Customers;
using MPanel.Jobs.Access;
using MPanel.Jobs.Customers;
using MPanel.Jobs.Outcomes;
using MPanel.Web.Api;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Customers;

[Permission(Permissions.CustomersManage)]
public sealed class NewModel(CustomerActions actions) : PanelPage
{
    [BindProperty]
    public CustomerInput Input { get; set; } = new();

    [Permission(Permissions.CustomersManage)]
    public async Task<IActionResult> OnPostAsync()
    {
        var outcome = await actions.Create(Actor, Input);
        if (outcome is Outcome<CustomerDetail>.Done { Value: var created })
            return Done("The customer was created.", $"/admin/customers/{created.Id}");
        if (outcome is Outcome<CustomerDetail>.Refused { Why: var why })
            ModelState.Add(why.Faults);
        return Page();
    }
}
