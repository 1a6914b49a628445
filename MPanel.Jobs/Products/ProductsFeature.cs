using Microsoft.Extensions.DependencyInjection;

namespace MPanel.Jobs.Products;

public static class ProductsFeature
{
    public static IServiceCollection AddProducts(this IServiceCollection services) => services.AddSingleton<ProductActions>();
}
