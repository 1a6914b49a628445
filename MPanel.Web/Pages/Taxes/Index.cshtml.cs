using Microsoft.AspNetCore.Mvc;
using MPanel.Database.Lists;
using MPanel.Database.Taxes;
using MPanel.Jobs.Access;
using MPanel.Jobs.Taxes;
using MPanel.Jobs.Text;
using MPanel.Web.Api.Taxes;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages.Taxes;

public sealed class IndexModel(ListDatabase database, TaxRateActions actions, TaxDesk desk, TimeProvider time)
    : ListPage<TaxRateRow, TaxRateFilter>(TaxRoutes.List, database)
{
    public bool MayManage => May(Permissions.InvoicesManage);

    public bool PricesInclude => desk.PricesInclude;

    /// <summary>UTC, as days are on paper.</summary>
    public DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostCreateAsync(
        string? country,
        string? category,
        decimal? percent,
        DateOnly? from,
        DateOnly? until
    ) =>
        await Answer(
            await actions.Create(Actor, new TaxRateInput(country, category, percent, from, until)),
            rate => $"The rate of {Countries.NameOf(rate.Country)} holds from {rate.From:yyyy-MM-dd} on."
        );

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostEndAsync(long id, DateOnly? until) =>
        await Answer(await actions.End(Actor, id, until), rate => $"The rate ends with {rate.Until:yyyy-MM-dd}.");

    [Permission(Permissions.InvoicesManage)]
    public async Task<IActionResult> OnPostDeleteAsync(long id) =>
        await Answer(await actions.Delete(Actor, id), _ => "The rate was taken away. What is issued keeps it.");
}
