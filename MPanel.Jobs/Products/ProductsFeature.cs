using Microsoft.Extensions.DependencyInjection;
using MPanel.Jobs.Engine;

namespace MPanel.Jobs.Products;

public static class ProductsFeature
{
    public static IServiceCollection AddProducts(this IServiceCollection services) =>
        services.AddSingleton<ProductActions>().AddSingleton<IChain, LimitsChain>().AddSingleton<IStep, LimitsStep>();
}
