using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Products;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Products;
using MPanel.Web.Api;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Products;

[Permission(Permissions.ProductsManage)]
public sealed class NewModel(ProductActions actions) : PanelPage
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public ProductForm Input { get; set; } = new() { Limits = LimitsForm.Of(PlanLimits.Default) };

    [Permission(Permissions.ProductsManage)]
    public async Task<IActionResult> OnPostAsync()
    {
        if (await actions.Create(Actor, Code?.Trim(), Input.Input, []) is not Outcome<ProductDetail>.Refused { Why: var why })
            return Done("The product was created. Give it a price, so that it can be sold.", $"/products/{Code!.Trim()}");
        ModelState.Add(why.Faults.Where(f => f.Path != "code"));
        foreach (var fault in why.Faults.Where(f => f.Path == "code"))
            ModelState.AddModelError(nameof(Code), fault.Message);
        return Page();
    }
}
