using MPanel.Jobs.Payments.StripeNet;

namespace MPanel.Web;

/// <summary>The payment gateway of a build with -p:PaymentGateway=StripeNet.</summary>
internal static class PanelGateway
{
    public static IServiceCollection AddChosenGateway(this IServiceCollection services, IConfiguration configuration) =>
        services.AddStripeNetPayments(configuration);
}
