using System.Text.Json.Nodes;
using MPanel.StripeSimulator.Methods;
using MPanel.StripeSimulator.State;
using MPanel.StripeSimulator.Wire;

namespace MPanel.StripeSimulator.Customers;

internal sealed record SimulatedCustomer(string Id, bool Livemode, long Created) : IStripeObject
{
    public bool Deleted { get; init; }
    public string? Email { get; init; }
    public string? Name { get; init; }
    public string? Phone { get; init; }
    public string? Description { get; init; }
    public string TaxExempt { get; init; } = "none";
    public StripeAddress? Address { get; init; }

    /// <summary>For invoices of Stripe's; payments do not heed it.</summary>
    public string? DefaultPaymentMethod { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>https://docs.stripe.com/api/customers/object</summary>
    public JsonObject ToJson() =>
        Deleted
            ? new JsonObject
            {
                ["id"] = Id,
                ["object"] = "customer",
                ["deleted"] = true,
            }
            : new JsonObject
            {
                ["id"] = Id,
                ["object"] = "customer",
                ["address"] = Address?.ToJson(),
                ["balance"] = 0L,
                ["created"] = Created,
                ["currency"] = null,
                ["default_source"] = null,
                ["delinquent"] = false,
                ["description"] = Description,
                ["email"] = Email,
                ["invoice_settings"] = new JsonObject { ["default_payment_method"] = DefaultPaymentMethod, ["footer"] = null },
                ["livemode"] = Livemode,
                ["metadata"] = StripeJson.OfTexts(Metadata),
                ["name"] = Name,
                ["phone"] = Phone,
                ["preferred_locales"] = new JsonArray(),
                ["shipping"] = null,
                ["tax_exempt"] = TaxExempt,
            };
}
