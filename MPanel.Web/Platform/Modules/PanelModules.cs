using MPanel.Jobs.Access;

namespace MPanel.Web.Platform.Modules;

public static class PanelModules
{
    public static readonly IReadOnlyList<Module> All =
    [
        new("dashboard", "Overview", "Dashboard", "/dashboard", "layout-dashboard", Permissions.DashboardView),
        new(
            "attention",
            "Overview",
            "Needs attention",
            "/attention",
            "alert-triangle",
            Permissions.OrdersView,
            OrAny:
            [
                Permissions.ProvisioningView,
                Permissions.JobsView,
                Permissions.ServersView,
                Permissions.WebsitesView,
                Permissions.EmailsView,
                Permissions.SecurityView,
            ]
        ),
        new("orders", "Sales", "Orders", "/orders", "shopping-cart", Permissions.OrdersView),
        new("customers", "Sales", "Customers", "/admin/customers", "users", Permissions.CustomersView),
        new("products", "Sales", "Products", "/products", "package", Permissions.ProductsView),
        new("subscriptions", "Sales", "Subscriptions", "/subscriptions", "repeat", Permissions.SubscriptionsView),
        new("invoices", "Billing", "Invoices", "/invoices", "file-invoice", Permissions.InvoicesView),
        new("payments", "Billing", "Payments", "/payments", "credit-card", Permissions.InvoicesView),
        new("credit-notes", "Billing", "Credit notes", "/credit-notes", "file-text", Permissions.InvoicesView),
        new("tax", "Billing", "Tax", "/tax-rates", "tag", Permissions.InvoicesView),
        new("provisioning", "Hosting", "Provisioning", "/provisioning", "list-check", Permissions.ProvisioningView),
        new("servers", "Hosting", "Servers", "/servers", "server", Permissions.ServersView),
        new("server-metrics", "Hosting", "Server metrics", "/server-metrics", "activity", Permissions.ServersView),
        new("websites", "Hosting", "Websites", "/websites", "world-www", Permissions.WebsitesView),
        new("domains", "Hosting", "Domains", "/domains", "world", Permissions.DomainsView),
        new("users", "Administration", "Users", "/admin/users", "user-shield", Permissions.UsersView),
        new("roles", "Administration", "Roles", "/role-management", "id", Permissions.RolesView),
        new("security", "Administration", "Security", "/security", "shield-lock", Permissions.SecurityView),
        new("api-keys", "Administration", "API keys", "/security/api-keys", "key", Permissions.SecurityView),
        new("emails", "Administration", "E-mails", "/emails", "mail", Permissions.EmailsView),
        new("jobs", "Administration", "Jobs", "/hangfire", "briefcase", Permissions.JobsView),
        new("guardian", "Administration", "Guardian", "/admin/guardian", "shield-check", Permissions.GuardianView),
        Soon("dns", "DNS", "route", "Zones and records of every managed domain, DNSSEC, and templates for new domains."),
        Soon(
            "email",
            "Email",
            "mail",
            "Mailboxes, aliases and forwarders of every domain, quotas, and what the mail servers delivered or refused."
        ),
        Soon(
            "filemanager",
            "File manager",
            "folder",
            "Browse, upload and edit a website's files in the browser, as that website's own user."
        ),
        Soon("databases", "Databases", "database", "Databases and database users of every website, their sizes, and access from outside."),
        Soon(
            "ssl",
            "SSL",
            "certificate",
            "Certificates of every website: issued, renewed and watched, with a warning long before one expires."
        ),
        Soon("app-installer", "App installer", "apps", "WordPress and other applications, installed and kept up to date with one click."),
        Soon(
            "backups",
            "Backups",
            "archive",
            "Backups of every website by day, how old the latest is, and restoring a file, a database or everything."
        ),
        Soon("premium", "Premium", "crown", "Paid extras for customers: priority support, staging sites and more room."),
        Soon("ai-features", "AI features", "sparkles", "Help with support answers, log reading and finding what went wrong."),
        Soon("websocket", "WebSocket", "plug-connected", "Live events of the panel for your own programs, over one connection."),
        Soon("graphql-api", "GraphQL API", "brand-graphql", "Everything the admin API tells, in one query."),
        Soon("analytics", "Analytics", "chart-bar", "Growth, churn and revenue by product, country and time."),
        Soon("kubernetes", "Kubernetes", "hexagons", "Customers' containers beside their websites, on clusters that the panel manages."),
        Soon("cdn", "CDN", "network", "Websites delivered from close to their visitors, with purging from the panel."),
        Soon("monitoring", "Monitoring", "gauge", "Checks of every website from outside, alarms, and a status page for customers."),
        Soon("api-marketplace", "API marketplace", "building-store", "Extensions by others, reviewed and installed from the panel."),
        Soon("white-label", "White label", "palette", "The panel under a reseller's own name, colours and domain."),
    ];

    public const string ComingSoonGroup = "Coming soon";

    /// <summary>The module that a page belongs to; null for pages of no module, such as one's own account.</summary>
    public static Module? Of(PathString path) => All.Where(m => m.Contains(path)).MaxBy(m => m.Route.Length);

    private static Module Soon(string code, string title, string icon, string what) =>
        new(code, ComingSoonGroup, title, $"/{code}", icon, Permissions.DashboardView, what, $"/api/admin/{code}/overview");
}
