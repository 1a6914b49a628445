using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Orders;
using MPanel.Database.Search;
using MPanel.Jobs.Access;
using MPanel.Jobs.Text;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Search;

/// <summary>Everything by one field. Each kind of record only for those who may see it.</summary>
[SignedIn]
public sealed class IndexModel(ListDatabase database) : PanelPage
{
    private const int InPage = 20;
    private const int InField = 5;

    public string? Q { get; private set; }
    public SearchTerm? Term { get; private set; }
    public IReadOnlyList<SearchGroup> Groups { get; private set; } = [];

    public Task OnGetAsync(string? q) => Find(q, InPage);

    /// <summary>What drops down below the field in the top bar.</summary>
    public async Task<IActionResult> OnGetQuickAsync(string? q)
    {
        await Find(q, InField);
        return Partial("_Quick", this);
    }

    private async Task Find(string? q, int limit)
    {
        Q = q?.Length > SearchTerm.Longest ? q[..SearchTerm.Longest] : q;
        Term = SearchTerm.Read(q);
        if (Term is null)
            return;
        await using var db = await database.Open(HttpContext.RequestAborted);
        Groups = [.. (await Matching(db, Term, limit)).Where(g => g.Hits.Count > 0)];
    }

    private async Task<List<SearchGroup>> Matching(NpgsqlConnection db, SearchTerm term, int limit)
    {
        var found = new List<SearchGroup>();
        var q = Uri.EscapeDataString(term.Text);
        if (May(Permissions.OrdersView))
            Add("Orders", "shopping-cart", $"/orders?q={q}", await SearchFor.Orders(db, term, limit), Hit);
        if (May(Permissions.CustomersView))
            Add(
                "Customers",
                "users",
                $"/admin/customers?q={q}",
                await SearchFor.Customers(db, term, limit),
                c => new(c.Name, c.Email, null, $"/admin/customers/{c.Id}")
            );
        if (May(Permissions.InvoicesView))
            Add("Invoices", "file-invoice", $"/invoices?q={q}", await SearchFor.Invoices(db, term, limit), Hit);
        if (May(Permissions.DomainsView))
            Add(
                "Domains",
                "world",
                $"/domains?q={q}",
                await SearchFor.Domains(db, term, limit),
                d => new(d.Name, "", d.Status, $"/domains/{d.Id}")
            );
        if (May(Permissions.WebsitesView))
            Add(
                "Websites",
                "world-www",
                $"/websites?q={q}",
                await SearchFor.Websites(db, term, limit),
                w => new(w.Domain, w.Plan, w.Status, $"/websites/{w.Id}")
            );
        if (May(Permissions.ProvisioningView))
            Add(
                "Tasks",
                "list-check",
                null,
                await SearchFor.Tasks(db, term),
                t => new($"Task {t.Id}", $"{t.Type} of {t.Domain}", t.Status, $"/provisioning/tasks/{t.Id}")
            );
        return found;

        void Add<T>(string title, string icon, string? all, IEnumerable<T> rows, Func<T, SearchHit> hit) =>
            found.Add(new SearchGroup(title, icon, [.. rows.Select(hit)], all));
    }

    private static SearchHit Hit(FoundOrder o) =>
        new(o.Reference, $"{o.Email}, {o.Domain}", o.Status == IntakeState.Completed ? o.OrderState : o.Status, $"/orders/{o.Reference}");

    private static SearchHit Hit(FoundInvoice i) =>
        new(i.Number, $"{i.Customer}, {Money.Text(i.Total, i.Currency)}", i.Status, $"/invoices/{i.Id}");
}
