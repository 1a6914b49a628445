using MPanel.Jobs.Payments.StripeHttp;

namespace MPanel.Web;

/// <summary>The payment gateway of a build with -p:PaymentGateway=StripeHttp, the default.</summary>
internal static class PanelGateway
{
    public static IServiceCollection AddChosenGateway(this IServiceCollection services, IConfiguration configuration) =>
        services.AddStripePayments(configuration);
}
