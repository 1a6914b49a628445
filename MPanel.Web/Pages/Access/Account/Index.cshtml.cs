using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MPanel.Database.Access;
using MPanel.Jobs.Access;
using MPanel.Web.Pages.Shared;
using MPanel.Web.Platform.Security;
using Npgsql;

namespace MPanel.Web.Pages.Access.Account;

[SignedIn]
public sealed class IndexModel(NpgsqlDataSource dataSource) : PanelPage
{
    public AccountRow Row { get; private set; } = null!;
    public EditConflict? Conflict { get; private set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    [BindProperty]
    public string? TimeZone { get; set; }

    [BindProperty]
    public int Version { get; set; }

    public IEnumerable<SelectListItem> TimeZones =>
        TimeZoneInfo
            .GetSystemTimeZones()
            .Select(z => z.Id)
            .Append("UTC")
            .Distinct()
            .Order()
            .Select(id => new SelectListItem(id.Replace('_', ' '), id));

    public async Task OnGetAsync()
    {
        await using var db = await dataSource.OpenConnectionAsync();
        Row = await Database.Access.Account.Of(db, UserId);
        (DisplayName, TimeZone, Version) = (Row.DisplayName, Row.TimeZone ?? "UTC", Row.Version);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        DisplayName = DisplayName?.Trim();
        if (UserRules.CheckName(DisplayName) is { } wrong)
            ModelState.AddModelError(nameof(DisplayName), wrong);
        if (TimeZone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            ModelState.AddModelError(nameof(TimeZone), "Choose a time zone from the list.");
        await using var db = await dataSource.OpenConnectionAsync();
        Row = await Database.Access.Account.Of(db, UserId);
        if (!ModelState.IsValid)
            return Page();
        await using var transaction = await db.BeginTransactionAsync();
        if (!await Database.Access.Account.SaveProfile(transaction, UserId, Version, DisplayName!, TimeZone!))
            return Conflicted();
        await Audit("user.profile_changed", $"user {Row.Email}", new { Row.DisplayName, Row.TimeZone }, new { DisplayName, TimeZone })
            .Append(db, transaction);
        await transaction.CommitAsync();
        return Done("Saved.");
    }

    private PageResult Conflicted()
    {
        Conflict = new EditConflict(
            "account",
            [new EditedField("Name", Row.DisplayName, DisplayName), new EditedField("Time zone", Row.TimeZone, TimeZone)]
        );
        Version = Row.Version;
        ModelState.Remove(nameof(Version));
        return Page();
    }
}
