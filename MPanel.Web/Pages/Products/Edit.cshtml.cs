using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Products;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Access;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Products;
using MPanel.Web.Api;
using MPanel.Web.Api.Products;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Products;

[Permission(Permissions.ProductsManage)]
public sealed class EditModel(ListDatabase database, ProductActions actions) : PanelPage
{
    [BindProperty]
    public ProductForm Input { get; set; } = new();

    /// <summary>As it is now, whatever the form says.</summary>
    public ProductDetail Product { get; private set; } = null!;

    /// <summary>What saving the form would replace.</summary>
    public int CurrentVersion { get; private set; }
    public EditConflict? Conflict { get; private set; }

    public async Task<IActionResult> OnGetAsync(string key)
    {
        if (!await Find(key))
            return NotFound();
        CurrentVersion = Product.Version;
        Input = ProductForm.Of(Product.Fields, Product.Limits);
        return Page();
    }

    [Permission(Permissions.ProductsManage)]
    public async Task<IActionResult> OnPostAsync(string key, int version)
    {
        if (!await Find(key))
            return NotFound();
        CurrentVersion = version;
        switch (await actions.Update(Actor, Product.Code, version, _ => Input.Input, []))
        {
            case Outcome<ProductDetail>.Done { Value: var now }:
                return Done(Saved(now), $"/products/{now.Code}");
            case Outcome<ProductDetail>.Refused { Why: var why }:
                ModelState.Add(why.Faults);
                break;
            case Outcome<ProductDetail>.Conflict { Current: var theirs }:
                (CurrentVersion, Conflict) = (theirs.Version, Compare(ProductForm.Of(theirs.Fields, theirs.Limits)));
                Response.StatusCode = StatusCodes.Status409Conflict;
                break;
        }
        return Page();
    }

    private string Saved(ProductDetail now) =>
        now.Fields.Provisions != TaskKind.Hosting || now.Limits == Product.Limits || now.Websites == 0
            ? "The product was saved."
            : $"The product was saved. {ProductWords.UsedBy(now.Websites)} website(s) get the new limits, each by a task.";

    private EditConflict Compare(ProductForm now) =>
        new(
            "product",
            [
                new("Name", now.Name, Input.Name),
                new("Description", now.Description, Input.Description),
                new("Provisions", now.Provisions, Input.Provisions),
                new("Server role", now.ServerRole, Input.ServerRole),
                new("Server tags", now.ServerTags, Input.ServerTags),
                new("Rank", $"{now.Rank}", $"{Input.Rank}"),
                .. LimitRules.All.Select(l => new EditedField(l.Label, now.Limits.Text(l.Path), Input.Limits.Text(l.Path))),
                new("Sold", now.Active ? "yes" : "no", Input.Active ? "yes" : "no"),
            ]
        );

    private async Task<bool> Find(string key)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await ProductFacts.Of(db, key) is not { } product)
            return false;
        Product = product;
        return true;
    }
}
