using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Domains;
using MPanel.Database.Lists;
using MPanel.Jobs.Access;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Text;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Domains;

public sealed class DetailsModel(ListDatabase database, DomainActions actions, DomainProofActions proofs) : PanelPage
{
    public DomainDetail Domain { get; private set; } = null!;
    public DomainUse Use { get; private set; } = null!;
    public DomainProof Proof { get; private set; } = null!;

    /// <summary>What <see cref="Use"/> counts, in words.</summary>
    public string Lives =>
        string.Join(
            ", ",
            new[] { (Use.Websites, "website"), (Use.Subscriptions, "subscription"), (Use.OpenTasks, "open task") }
                .Where(u => u.Item1 > 0)
                .Select(u => u.Item1 == 1 ? $"1 {u.Item2}" : $"{u.Item1} {u.Item2}s")
        );

    public IReadOnlyList<DomainSubscription> Subscriptions { get; private set; } = [];

    /// <summary>Null unless somebody else saved first.</summary>
    public EditConflict? Conflict { get; private set; }

    /// <summary>E-mail address of whom it is to belong to.</summary>
    [BindProperty]
    public string? Customer { get; set; }

    [BindProperty]
    public int Version { get; set; }

    public async Task<IActionResult> OnGetAsync(long id)
    {
        if (!await Load(id))
            return NotFound();
        (Customer, Version) = (Domain.Customer.Email, Domain.Version);
        return Page();
    }

    [Permission(Permissions.DomainsManage)]
    public async Task<IActionResult> OnPostAsync(long id)
    {
        if (!await Load(id))
            return NotFound();
        if (await CustomerId() is not { } customer)
        {
            ModelState.AddModelError(nameof(Customer), "No customer has this e-mail address.");
            return Page();
        }
        switch (await actions.ChangeCustomer(Actor, id, Version, customer))
        {
            case Outcome<DomainDetail>.Done { Value: var now }:
                return Done($"{now.Name} belongs to {now.Customer.Name} now.");
            case Outcome<DomainDetail>.Conflict { Current: var now }:
                Conflict = new EditConflict("domain", [new EditedField("Customer", now.Customer.Email, Customer)]);
                // What is sent next is a change of what stands there now.
                ModelState.Remove(nameof(Version));
                (Domain, Version) = (now, now.Version);
                return Page();
            case Outcome<DomainDetail>.Refused { Why.Code: DomainActions.InUse }:
                return Refused($"Something lives on {Domain.Name}, or below it: it stays with its customer.");
            default:
                ModelState.AddModelError(nameof(Customer), "A name above it, or its www name, belongs to another customer.");
                return Page();
        }
    }

    [Permission(Permissions.DomainsManage)]
    public async Task<IActionResult> OnPostVerifyAsync(long id) =>
        await Answer(await proofs.Verify(Actor, id, HttpContext.RequestAborted), proof => proof.LookText ?? "It was looked at.");

    [Permission(Permissions.DomainsManage)]
    public async Task<IActionResult> OnPostProveAsync(long id, string? reason) =>
        await Answer(await proofs.Prove(Actor, id, reason), _ => "It is proven.");

    private async Task<bool> Load(long id)
    {
        await using var db = await database.Open(HttpContext.RequestAborted);
        if (await DomainFacts.Of(db, id) is not { } domain)
            return false;
        Domain = domain;
        Proof = (await DomainProof.Of(db, id))!;
        Use = await DomainFacts.Use(db, domain.Name);
        Subscriptions = May(Permissions.SubscriptionsView) ? [.. await DomainFacts.Subscriptions(db, domain.Name)] : [];
        return true;
    }

    private async Task<long?> CustomerId()
    {
        if (EmailAddress.Normalize(Customer?.Trim()) is not { } email)
            return null;
        await using var db = await database.Open(HttpContext.RequestAborted);
        return await DomainFacts.CustomerOf(db, email);
    }
}
