using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Domains;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Domains;

/// <summary>Keeps a domain for a customer. <c>?customer=</c> an id fills in whose.</summary>
[Permission(Permissions.DomainsManage)]
public sealed class NewModel(ListDatabase database, DomainActions actions) : PanelPage
{
    [BindProperty]
    public string? Name { get; set; }

    /// <summary>E-mail address.</summary>
    [BindProperty]
    public string? Customer { get; set; }

    public async Task OnGetAsync()
    {
        if (!long.TryParse(Request.Query["customer"], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return;
        await using var db = await database.Open(HttpContext.RequestAborted);
        Customer = await DomainFacts.EmailOf(db, id);
    }

    [Permission(Permissions.DomainsManage)]
    public async Task<IActionResult> OnPostAsync()
    {
        var name = DomainName.Normalize(Name?.Trim());
        if (name is null)
            ModelState.AddModelError(nameof(Name), "A public host name such as example.net; one in another script is fine.");
        var customer = await CustomerId();
        if (customer is null)
            ModelState.AddModelError(nameof(Customer), "No customer has this e-mail address.");
        if (name is null || customer is null || !ModelState.IsValid)
            return Page();
        var outcome = await actions.Add(Actor, name, customer.Value);
        if (outcome is Outcome<DomainDetail>.Done { Value: var domain })
            return Done($"{name} belongs to {domain.Customer.Name} now.", $"/domains/{domain.Id}");
        ModelState.AddModelError(
            nameof(Name),
            outcome is Outcome<DomainDetail>.Refused { Why.Text: var text } ? text : "It could not be added."
        );
        return Page();
    }

    private async Task<long?> CustomerId()
    {
        if (EmailAddress.Normalize(Customer?.Trim()) is not { } email)
            return null;
        await using var db = await database.Open(HttpContext.RequestAborted);
        return await DomainFacts.CustomerOf(db, email);
    }
}
