using System.IO.Compression;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.ResponseCompression;
using MPanel.Web.Pages.Access.Account;
using MPanel.Web.Platform.Lists;
using MPanel.Web.Platform.Modules;
using MPanel.Web.Platform.Security;

namespace MPanel.Web.Pages;

public static class PanelPages
{
    public static void AddPanelPages(this IServiceCollection services)
    {
        services
            .AddRazorPages(pages =>
            {
                pages.Conventions.Add(new PagePolicies());
                foreach (var module in PanelModules.All.Where(m => !m.IsBuilt))
                    pages.Conventions.AddPageRoute("/ComingSoon", module.Route);
            })
            .AddMvcOptions(o =>
            {
                o.Filters.AddService<HandlerPermissions>();
                o.Filters.AddService<PasswordAgain>(order: 10);
            });
        services.AddSingleton<HandlerPermissions>();
        services.AddSingleton<CsvExports>();
        services.AddScoped<PasswordAgain>();
        services.AddScoped<PasswordQuestion>();
        services.Configure<CookieTempDataProviderOptions>(o => o.Cookie.Name = "mpanel_notice");
        services.AddAntiforgery(o => o.Cookie.Name = "mpanel_antiforgery");
        services.AddResponseCompression(o =>
        {
            // Pages hold no secret that stays the same from answer to answer: antiforgery tokens are masked anew each time, and what is
            // shown once is shown once. So an attacker gains nothing from lengths.
            o.EnableForHttps = true;
            o.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "image/svg+xml"];
        });
        // Files are asked for once; at the fastest level, the framework's own, a first visit to a page with charts weighs more than 300 KB.
        services.Configure<BrotliCompressionProviderOptions>(o => o.Level = CompressionLevel.Optimal);
        services.Configure<GzipCompressionProviderOptions>(o => o.Level = CompressionLevel.Optimal);
    }
}
