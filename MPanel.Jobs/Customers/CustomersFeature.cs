using Microsoft.Extensions.DependencyInjection;

namespace MPanel.Jobs.Customers;

public static class CustomersFeature
{
    public static IServiceCollection AddCustomers(this IServiceCollection services) => services.AddSingleton<CustomerActions>();
}
