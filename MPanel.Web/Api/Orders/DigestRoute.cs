using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Text;

namespace MPanel.Web.Api.Orders;

/// <param name="MpanelOrder">For the metadata of the PaymentIntent, under <c>mpanel_order</c>.</param>
public sealed record BoundOrder(string MpanelOrder);

/// <summary>Before the customer pays: what the payment's metadata must say, so that it is known to be made for this order.</summary>
public static class DigestRoute
{
    public static Results<Ok<BoundOrder>, ProblemHttpResult> Handle(
        UnpaidOrder request,
        IOptions<OrderOptions> options,
        PublicSuffixes suffixes
    )
    {
        var (body, faults) = OrderRules.CheckUnpaid(request.Request, options.Value.Currency, suffixes);
        return body is null ? Problems.Invalid(faults) : TypedResults.Ok(new BoundOrder(OrderDigest.Binding(body)));
    }
}

/// <summary>An order without its PaymentIntent, which isn't there yet. See docs/blueprint.md.</summary>
public sealed record UnpaidOrder(
    string? CustomerEmail = null,
    string? CustomerName = null,
    IReadOnlyList<OrderRequestItem?>? Items = null,
    string? PrimaryDomain = null,
    BillingRequest? Billing = null,
    string? Currency = null,
    string? PromotionCode = null
)
{
    public OrderRequest Request => new(null, CustomerEmail, CustomerName, Items, PrimaryDomain, Billing, Currency, PromotionCode);
}
