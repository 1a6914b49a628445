namespace MPanel.Jobs.Access;

/// <summary>Codes of what a role may allow, as the table of permissions has them; a test compares the two.</summary>
public static class Permissions
{
    public const string CustomersManage = "customers.manage";
    public const string CustomersView = "customers.view";
    public const string DashboardView = "dashboard.view";
    public const string DomainsManage = "domains.manage";
    public const string DomainsView = "domains.view";
    public const string EmailsManage = "emails.manage";
    public const string EmailsView = "emails.view";
    public const string GuardianManage = "guardian.manage";
    public const string GuardianView = "guardian.view";
    public const string InvoicesManage = "invoices.manage";
    public const string InvoicesView = "invoices.view";
    public const string JobsManage = "jobs.manage";
    public const string JobsView = "jobs.view";
    public const string OrdersManage = "orders.manage";
    public const string OrdersView = "orders.view";
    public const string ProductsManage = "products.manage";
    public const string ProductsView = "products.view";
    public const string ProvisioningRetry = "provisioning.retry";
    public const string ProvisioningView = "provisioning.view";
    public const string RolesManage = "roles.manage";
    public const string RolesView = "roles.view";
    public const string SecurityManage = "security.manage";
    public const string SecurityView = "security.view";
    public const string ServersManage = "servers.manage";
    public const string ServersView = "servers.view";
    public const string SubscriptionsManage = "subscriptions.manage";
    public const string SubscriptionsView = "subscriptions.view";
    public const string UsersManage = "users.manage";
    public const string UsersView = "users.view";
    public const string WebsitesManage = "websites.manage";
    public const string WebsitesView = "websites.view";

    /// <summary>By code.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        CustomersManage,
        CustomersView,
        DashboardView,
        DomainsManage,
        DomainsView,
        EmailsManage,
        EmailsView,
        GuardianManage,
        GuardianView,
        InvoicesManage,
        InvoicesView,
        JobsManage,
        JobsView,
        OrdersManage,
        OrdersView,
        ProductsManage,
        ProductsView,
        ProvisioningRetry,
        ProvisioningView,
        RolesManage,
        RolesView,
        SecurityManage,
        SecurityView,
        ServersManage,
        ServersView,
        SubscriptionsManage,
        SubscriptionsView,
        UsersManage,
        UsersView,
        WebsitesManage,
        WebsitesView,
    ];
}
