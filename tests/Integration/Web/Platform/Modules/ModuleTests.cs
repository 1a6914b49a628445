using System.Net;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using MPanel.Tests.Support;
using MPanel.Web.Platform.Modules;
using MPanel.Web.Platform.Security;

namespace MPanel.Tests.Integration.Web.Platform.Modules;

/// <summary>What holds for every module of the menu, whoever adds the next one.</summary>
public sealed class ModuleTests(ModuleTests.EmptyPanel empty) : IClassFixture<ModuleTests.EmptyPanel>
{
    private readonly PanelServer _panel = empty.Panel;

    /// <summary>One for all tests here, which only look.</summary>
    public sealed class EmptyPanel : IAsyncLifetime
    {
        public PanelServer Panel { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Panel = await PanelServer.Start();

        public async ValueTask DisposeAsync() => await Panel.DisposeAsync();
    }

    public static TheoryData<string> Modules() => [.. PanelModules.All.Select(m => m.Code)];

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Page_OnAnEmptyPanel_OpensForWhoMaySeeItAndStandsInTheMenu(string code)
    {
        var module = PanelModules.All.Single(m => m.Code == code);
        foreach (var permission in module.Permissions)
        {
            using var client = await _panel.SignIn(permission);

            using var answer = await client.GetAsync(module.Route);
            var html = await answer.Content.ReadAsStringAsync();
            var menu = await client.GetStringAsync("/account");

            Assert.Equal((permission, HttpStatusCode.OK), (permission, answer.StatusCode));
            Assert.Contains($"<a class=\"nav-link\" href=\"{module.Route}\"", menu, StringComparison.Ordinal);
            // The engine's dashboard has a menu of its own, and a way back.
            Assert.Contains(
                module.Code == "jobs" ? "<a href=\"/\">" : $"<a class=\"nav-link\" href=\"{module.Route}\" aria-current=\"page\"",
                html,
                StringComparison.Ordinal
            );
            if (module.ComingSoon is { } what)
            {
                Assert.Contains("Coming soon", html, StringComparison.Ordinal);
                Assert.Contains(what, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Page_WithoutItsPermission_IsForbiddenAndNotInTheMenu(string code)
    {
        var module = PanelModules.All.Single(m => m.Code == code);
        var other = module.Permissions.Contains("orders.view") ? "customers.view" : "orders.view";
        using var client = await _panel.SignIn(other);

        using var answer = await client.GetAsync(module.Route);
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("You may not do that", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"href=\"{module.Route}\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Page_OfNobody_LeadsToTheLoginAndBack(string code)
    {
        var module = PanelModules.All.Single(m => m.Code == code);
        using var client = PagesClient.Open(_panel.PagesAddress);

        using var answer = await client.GetAsync(module.Route);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal($"/login?returnUrl={Uri.EscapeDataString(module.Route)}", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Api_OfWhatIsNotBuilt_SaysSoWith501()
    {
        using var client = await _panel.Client("dashboard.view");
        var soon = PanelModules.All.Where(m => !m.IsBuilt).ToList();

        Assert.NotEmpty(soon);
        foreach (var module in soon)
        {
            using var answer = await client.GetAsync(module.Api);

            Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
            Assert.True(
                JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("notImplemented").GetBoolean()
            );
        }
    }

    [Fact]
    public async Task EveryHandlerThatChangesSomething_NamesItsPermission()
    {
        var handlers = (await Pages())
            .Where(p =>
                !p.ModelTypeInfo!.IsDefined(typeof(SignedInAttribute))
                && !p.ModelTypeInfo!.GetCustomAttributes().OfType<IAllowAnonymous>().Any()
            )
            .SelectMany(p => p.HandlerMethods.Select(h => (Page: p.ViewEnginePath, h.HttpMethod, h.MethodInfo)))
            .Where(h => !HttpMethodIsSafe(h.HttpMethod))
            .ToList();

        Assert.Empty(
            handlers.Where(h => h.MethodInfo.GetCustomAttribute<PermissionAttribute>() is null).Select(h => $"{h.Page} {h.MethodInfo.Name}")
        );
    }

    [Fact]
    public async Task EveryPermissionNamed_Exists()
    {
        await using var db = await _panel.DataSource.OpenConnectionAsync();
        var known = (await Dapper.SqlMapper.QueryAsync<string>(db, "select code from permissions")).ToHashSet();
        var named = (await Pages())
            .SelectMany(p => p.HandlerMethods.Select(h => (MemberInfo)h.MethodInfo).Append(p.ModelTypeInfo!))
            .Select(m => m.GetCustomAttribute<PermissionAttribute>()?.Code)
            .OfType<string>()
            .Concat(PanelModules.All.SelectMany(m => m.Permissions))
            .ToHashSet();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(known));
    }

    private async Task<List<CompiledPageActionDescriptor>> Pages()
    {
        var loader = _panel.Services.GetRequiredService<PageLoader>();
        var actions = _panel.Services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors;
        var pages = new List<CompiledPageActionDescriptor>();
        foreach (var page in actions.Items.OfType<PageActionDescriptor>())
            pages.Add(await loader.LoadAsync(page, Microsoft.AspNetCore.Http.EndpointMetadataCollection.Empty));
        return pages;
    }

    private static bool HttpMethodIsSafe(string method) =>
        method.Equals("Get", StringComparison.OrdinalIgnoreCase) || method.Equals("Head", StringComparison.OrdinalIgnoreCase);
}
