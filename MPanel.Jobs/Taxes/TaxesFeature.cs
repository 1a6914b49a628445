using Microsoft.Extensions.DependencyInjection;
using MPanel.Settings;

namespace MPanel.Jobs.Taxes;

public static class TaxesFeature
{
    public static IServiceCollection AddTaxes(this IServiceCollection services) =>
        services.AddChecked<TaxOptions>("Tax").AddSingleton<TaxDesk>().AddSingleton<TaxRateActions>();
}
