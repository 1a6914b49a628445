using MPanel.Jobs.Provisioning;

namespace MPanel.Web.Pages.Orders;

/// <summary>Codes in plain words, with what a person can do about them.</summary>
public static class OrderWords
{
    /// <summary>Where the taking in of an order stands.</summary>
    public static string Intake(string status) =>
        status switch
        {
            "received" => "received",
            "processing" => "being processed",
            "completed" => "taken in",
            "needs_review" => "needs review",
            "rejected" => "rejected",
            _ => status,
        };

    /// <summary>Where the delivery of what was ordered stands; null while there is no order yet.</summary>
    public static string? Delivery(string? orderState) =>
        orderState switch
        {
            null => null,
            "paid" => "paid, not begun",
            "provisioning" => "being set up",
            "completed" => "delivered",
            "needs_review" => "stopped",
            _ => orderState,
        };

    public static string Period(string billingPeriod) =>
        billingPeriod switch
        {
            "month" => "per month",
            "year" => "per year",
            _ => "once",
        };

    /// <summary>What a step of the chain is called.</summary>
    public static string Step(string step) =>
        step switch
        {
            "intake" => "Order received",
            "payment" => "Payment",
            "customer" => "Customer",
            "order" => "Order",
            "subscriptions" => "Subscriptions",
            "invoice" => "Invoice",
            "tasks" => "Tasks",
            "note" => "Note",
            _ when step.StartsWith("task.", StringComparison.Ordinal) => Task(step[5..]),
            _ => step,
        };

    /// <summary>What a type of task provides.</summary>
    public static string Task(string type) => TaskKinds.Find(type)?.Title ?? type;

    /// <summary>What an error code means and what to do; null for one that says all there is to say by its message.</summary>
    public static string? Explain(string? code) =>
        code switch
        {
            "payment_not_found" =>
                "Stripe does not know this payment. Check that the shop and this panel use the same Stripe account and mode, then resume.",
            "payment_id_mismatch" => "Stripe answered about another payment. Look at the payment in Stripe before you resume.",
            "payment_mode_mismatch" => "The payment was made in Stripe's other mode (test or live). It is not money this panel may count.",
            "currency_mismatch" =>
                "The customer paid in another currency than the order is in. Refund at Stripe, or settle it with the customer.",
            "amount_mismatch" =>
                "What Stripe received is not what the order comes to. Compare both; refund at Stripe, or settle the difference.",
            "payment_refunded" =>
                "The money went back to the customer, in whole or in part. Nothing should be provided before that is settled.",
            "payment_disputed" => "The customer's bank disputes the payment. Wait for the dispute to end before you provide anything.",
            "payment_cancelled" => "The payment was cancelled at Stripe. No money came, so the order was rejected.",
            "payment_pending" => "Stripe has not got the money yet. The panel asks again by itself for a day.",
            "stripe_unreachable" or "stripe_timeout" or "stripe_error" =>
                "Stripe does not answer at the moment. Nothing is lost; the panel asks again by itself for a day.",
            "stripe_rate_limited" => "Stripe asked us to slow down. The panel asks again by itself.",
            "stripe_unauthorized" or "stripe_forbidden" => "Stripe does not accept this panel's key. Mend the setting, then resume.",
            "stripe_refused" or "stripe_unexpected_answer" => "Stripe's answer can't be used. Look at the payment in Stripe, then resume.",
            "unknown_product" => "The catalogue has no such product on sale. Add or activate it, then resume.",
            "period_not_sold" =>
                "The product is not sold for this period. Add a price for it, then resume; accepting prices does not help here.",
            "price_mismatch" =>
                "The customer paid another price than the catalogue says. Compare them; accept the price, or correct the catalogue and resume.",
            "domain_taken" => "The domain, or a name above it, belongs to another customer. Find out whose it is before you resume.",
            "domain_reserved" => "Nobody may order this domain. Settle another one with the customer.",
            "lease_expired" => "The server's agent stopped reporting while it worked. It is tried again, unless the attempts are spent.",
            "cancelled" => "Somebody cancelled it by hand.",
            _ => null,
        };
}
