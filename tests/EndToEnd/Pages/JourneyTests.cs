using System.Net;
using Dapper;
using Microsoft.Playwright;
using MPanel.Tests.EndToEnd.Launching;
using MPanel.Web.Platform.Security.TwoFactor;
using OtpNet;
using static Microsoft.Playwright.Assertions;
using Totp = MPanel.Web.Platform.Security.TwoFactor.Totp;

namespace MPanel.Tests.EndToEnd.Pages;

/// <summary>What admins do all day, done in a browser on a whole running panel.</summary>
[Collection(RunningPanelTests.Name)]
public sealed class JourneyTests(RunningPanel panel) : IAsyncLifetime
{
    private Browser _browser = null!;

    public async ValueTask InitializeAsync() => _browser = await Browser.Start(panel);

    public async ValueTask DisposeAsync() => await _browser.DisposeAsync();

    [Fact]
    public async Task Order_WatchedWhileItHappens_EndsWithAnAnsweringSite()
    {
        await using var window = await _browser.OpenAs("admin");
        var order = await TestOrder.Place(panel);

        await window.Page.GotoAsync($"/orders/{order.Reference}");

        // Nobody reloads the page.
        var site = window.Page.GetByRole(AriaRole.Link, new() { Name = $"http://{order.Domain}" });
        await Expect(site).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.OK, (await panel.Site(order.Domain)).Status);
        await window.Screenshot("journey-order");
        Assert.Empty(window.Complaints);
    }

    [Fact]
    public async Task Review_OfAnotherPrice_AcceptedAndWatchedToTheEnd()
    {
        await using var window = await _browser.OpenAs("admin");
        var order = await TestOrder.Place(panel, unitPrice: 19.00m);
        await window.Page.GotoAsync("/orders?status=needs_review");
        await Until(
            async () => await window.Page.GetByRole(AriaRole.Link, new() { Name = order.Reference }).CountAsync() > 0,
            window.Page.ReloadAsync
        );

        await window.Page.GetByRole(AriaRole.Link, new() { Name = order.Reference }).First.ClickAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Compare the prices" }).ClickAsync();
        await window.Screenshot("journey-review");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Accept these prices" }).ClickAsync();
        await Confirm(window, "Accept the prices");

        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = $"http://{order.Domain}" })).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.OK, (await panel.Site(order.Domain)).Status);
    }

    [Fact]
    public async Task FailedTask_TriedAgainFromTheList_MakesTheSite()
    {
        await using var window = await _browser.OpenAs("admin");
        await using var db = await _browser.Database();
        // A server that takes nothing new keeps the task where the failure can be put in.
        await db.ExecuteAsync("update servers set state = 'maintenance' where name = 'srv1'");
        TestOrder order;
        try
        {
            order = await TestOrder.Place(panel);
            await Until(async () =>
                await db.ExecuteAsync(
                    """
                    -- From waiting to failed without an attempt: what no agent can do in a moment.
                    alter table provisioning_tasks disable trigger provisioning_tasks_transitions;
                    update provisioning_tasks
                    set status = 'failed', attempts_spent = max_attempts, last_error_code = 'nginx_refused',
                        last_error = 'nginx refused the configuration.', finished_at = now()
                    where domain = @Domain and status = 'pending';
                    alter table provisioning_tasks enable trigger provisioning_tasks_transitions
                    """,
                    order
                ) == 1
            );
        }
        finally
        {
            await db.ExecuteAsync("update servers set state = 'active' where name = 'srv1'");
        }

        await window.Page.GotoAsync("/attention?kind=tasks");
        var row = window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = order.Domain });
        await row.GetByRole(AriaRole.Checkbox).CheckAsync();
        await window.Screenshot("journey-failed-task");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).First.ClickAsync();
        await Confirm(window, "Try again");
        // Before the answer is there, going elsewhere would break off the decision.
        await Expect(window.Page.GetByText("tried again").First).ToBeVisibleAsync();
        await window.Page.GotoAsync($"/orders/{order.Reference}");

        await Expect(window.Page.GetByRole(AriaRole.Link, new() { Name = $"http://{order.Domain}" })).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.OK, (await panel.Site(order.Domain)).Status);
    }

    [Fact]
    public async Task Product_MadeWithAPrice_IsOnSale()
    {
        var code = $"journey-{Guid.NewGuid().ToString("N")[..8]}";
        await using var window = await _browser.OpenAs("editor");
        await window.Page.GotoAsync("/products");

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "New product" }).First.ClickAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Create product" }).ClickAsync();
        // Everything that is missing is said at once, beside its field.
        await Expect(window.Page.Locator("[aria-invalid=true]").Nth(1)).ToBeVisibleAsync();
        await window.Page.GetByLabel("Code", new() { Exact = true }).FillAsync(code);
        await window.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Journey <b>hosting</b>");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Create product" }).ClickAsync();
        await window.Page.GetByLabel("Price", new() { Exact = true }).FillAsync("7.50");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Add price" }).ClickAsync();
        await Expect(window.Page.Locator("#prices")).ToContainTextAsync("7.50 USD");
        await window.Screenshot("journey-product");

        using var plans = await panel.Api(HttpMethod.Get, "/api/public/plans");
        Assert.Contains(code, await plans.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("Journey <b>hosting</b>", await window.Page.Locator("h1").InnerTextAsync());
    }

    [Fact]
    public async Task Key_MadeUsedAndRevoked_OpensNothingAnyMore()
    {
        var name = $"journey {Guid.NewGuid().ToString("N")[..8]}";
        await using var window = await _browser.OpenAs("super_admin");
        await window.Page.GotoAsync("/security/api-keys/new");
        await window.Page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await window.Page.Locator("input[name=Chosen][value='plans:read']").CheckAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        var key = await window.Page.GetByLabel("API key").InputValueAsync();
        using (var works = await panel.Api(HttpMethod.Get, "/api/public/plans", key))
            Assert.Equal(HttpStatusCode.OK, works.StatusCode);

        await window.Page.GotoAsync("/security/api-keys");
        var row = window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = name });
        await row.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        // The worst asks for the name, and goes on with nothing else.
        var go = window.Page.Locator("#confirm [data-confirm-ok]");
        await Expect(go).ToBeDisabledAsync();
        await window.Page.Locator("#confirm-name").FillAsync(name);
        await window.Screenshot("journey-revoke");
        await Expect(go).ToBeEnabledAsync();
        // Enter goes on, as in any other form.
        await window.Page.Locator("#confirm-name").PressAsync("Enter");
        await Expect(window.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = name })).ToContainTextAsync("revoked");

        using var refused = await panel.Api(HttpMethod.Get, "/api/public/plans", key);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Invitation_OfASupporter_LetsThemSeeWhatTheyMay()
    {
        await using var admin = await _browser.OpenAs("super_admin");
        await admin.Page.GotoAsync("/admin/users/invite");
        await admin.Page.GetByLabel("E-mail address").FillAsync($"support-{Guid.NewGuid().ToString("N")[..8]}@example.com");
        await admin.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Sam Support");
        await admin.Page.Locator("input[name=Roles][value=support]").CheckAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        var link = await admin.Page.GetByLabel("One-time link").InputValueAsync();

        await using var supporter = await _browser.Open();
        await supporter.Page.GotoAsync(new Uri(new Uri(_browser.Address), link).PathAndQuery);
        await supporter.Page.GetByLabel("Password", new() { Exact = true }).FillAsync("quiet marble teapot 9");
        await supporter.Page.GetByLabel("Password again").FillAsync("quiet marble teapot 9");
        await supporter.Page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await Expect(supporter.Page.Locator(".menu")).ToBeVisibleAsync();
        await supporter.Screenshot("journey-support");

        await Expect(supporter.Page.Locator(".menu a[href='/orders']")).ToHaveCountAsync(1);
        await supporter.Page.WaitForLoadStateAsync();
        Assert.Equal(0, await supporter.Page.Locator(".menu a[href='/admin/users']").CountAsync());
        Assert.Equal(0, await supporter.Page.Locator(".menu a[href='/security']").CountAsync());
        Assert.Equal(403, (await supporter.Page.GotoAsync("/admin/users"))!.Status);
    }

    [Fact]
    public async Task FirstLogin_WithTwoFactor_AsksForTheCodeTheNextTime()
    {
        const string password = "seven copper lanterns";
        // As the launcher showed it, once.
        var (email, oneTime) = panel.FirstAdmin;
        await using var window = await _browser.Open();
        await window.SignIn(email, oneTime);

        await window.Page.GetByLabel("One-time password").FillAsync(oneTime);
        await window.Page.GetByLabel("New password", new() { Exact = true }).FillAsync(password);
        await window.Page.GetByLabel("New password again").FillAsync(password);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        // A super admin sets it up before anything else.
        await Expect(window.Page.Locator("h1")).ToHaveTextAsync("Set up two-factor login");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        var secret = await window.Page.Locator("#totp-secret").InnerTextAsync();
        await window.Screenshot("journey-two-factor");
        await window.Page.GetByLabel("Code from the app").FillAsync(Code(secret));
        await window.Page.GetByLabel("Your password").FillAsync(password);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        var recovery = (await window.Page.Locator("#recovery-codes").InnerTextAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)[0]
            .Trim();

        await using var again = await _browser.Open();
        await again.SignIn(email, password);
        await Expect(again.Page.Locator("h1")).ToContainTextAsync("Enter your code");
        await again.Page.GetByLabel("Code from your authenticator app").FillAsync("000000");
        await again.Page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(again.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        // The code of this half minute is spent; a recovery code opens too.
        await again.Page.GetByLabel("Code from your authenticator app").FillAsync(recovery);
        await again.Page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(again.Page.Locator(".menu")).ToBeVisibleAsync();
    }

    private static string Code(string secret) =>
        Totp.CodeAt(Base32Encoding.ToBytes(secret.Replace(" ", "", StringComparison.Ordinal)), TimeProvider.System.GetUtcNow());

    /// <summary>As an authenticator app reads a key that is typed in.</summary>
    private static async Task Confirm(Window window, string button) =>
        await window.Page.Locator("#confirm").GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    private static async Task Until(Func<Task<bool>> reached, Func<PageReloadOptions?, Task>? meanwhile = null)
    {
        for (var tries = 0; tries < 1200; tries++)
        {
            if (await reached())
                return;
            await Task.Delay(100);
            if (meanwhile is not null)
                await meanwhile(null);
        }
        Assert.Fail("It never came to that.");
    }
}
