using Dapper;
using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;
using static Microsoft.Playwright.Assertions;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>Two people at the same record, each with a browser of their own.</summary>
[Collection(RunningPanelTests.Name)]
public sealed class TwoAdminsTests(RunningPanel panel)
{
    [Fact]
    public async Task Customer_EditedByBothAtOnce_ShowsTheSecondBothVersionsAndOverwritesNothing()
    {
        await using var browser = await Browser.Start(panel);
        await using var db = await browser.Database();
        var id = await db.ExecuteScalarAsync<long>(
            "insert into customers (name, email, normalized_email) values ('Before', @email, lower(@email)) returning id",
            new { email = $"{Guid.NewGuid():N}@example.com" }
        );
        await using var first = await browser.OpenAs("admin");
        await using var second = await browser.OpenAs("admin");
        foreach (var window in new[] { first, second })
            await window.Page.GotoAsync($"/admin/customers/{id}/edit");

        await first.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Of the first");
        await Save(first);
        await Expect(first.Page.Locator("h1")).ToHaveTextAsync("Of the first");
        await second.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Of the second");
        await Save(second);

        var conflict = second.Page.GetByRole(AriaRole.Alert);
        await Expect(conflict).ToContainTextAsync("Somebody else changed this customer meanwhile");
        await Expect(conflict).ToContainTextAsync("Of the first");
        await Expect(conflict).ToContainTextAsync("Of the second");
        await second.Screenshot("journey-conflict");
        Assert.Equal("Of the first", await Name());
        Assert.Equal("Of the second", await second.Page.GetByLabel("Name", new() { Exact = true }).InputValueAsync());

        // Having seen both, they decide.
        await Save(second);
        await Expect(second.Page.Locator("h1")).ToHaveTextAsync("Of the second");
        Assert.Equal("Of the second", await Name());
        Assert.Empty(second.Complaints);

        Task<string?> Name() => db.ExecuteScalarAsync<string>("select name from customers where id = @id", new { id });
    }

    private static Task Save(Window window) => window.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
}
