using MPanel.Database.Orders;
using MPanel.Database.Products;
using MPanel.Database.Timelines;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Text;

namespace MPanel.Web.Pages.Orders;

/// <summary>Codes in plain words, with what a person can do about them.</summary>
public static class OrderWords
{
    /// <summary>Where the taking in of an order stands.</summary>
    public static string Intake(string status) =>
        status switch
        {
            IntakeState.Received => "received",
            IntakeState.Processing => "being processed",
            IntakeState.Completed => "taken in",
            IntakeState.NeedsReview => "needs review",
            IntakeState.Rejected => "rejected",
            _ => status,
        };

    /// <summary>Where the delivery of what was ordered stands; null while there is no order yet.</summary>
    public static string? Delivery(string? orderState) =>
        orderState switch
        {
            null => null,
            OrderState.Paid => "paid, not begun",
            OrderState.Provisioning => "being set up",
            OrderState.Completed => "delivered",
            OrderState.NeedsReview => "stopped",
            OrderState.Refunded => "cancelled, refunded",
            _ => orderState,
        };

    /// <summary>What happens when an order is cancelled now, a line for each thing.</summary>
    public static IEnumerable<string> Ends(CancelPreview preview)
    {
        yield return "Nothing further is done for the order. It can't go on afterwards.";
        if (preview.Ends is { Subscriptions: > 0 and var subscriptions })
            yield return subscriptions == 1 ? "Its subscription ends today." : $"Its {subscriptions} subscriptions end today.";
        if (preview.Ends is { Tasks.Count: > 0 and var tasks })
            yield return tasks == 1 ? "Its open task is cancelled." : $"Its {tasks} open tasks are cancelled.";
        foreach (var site in preview.Ends?.Websites ?? [])
            yield return site.Stays
                ? $"{site.Domain} goes on: another order pays for it, too. It gets the limits of that plan."
                : $"{site.Domain} is switched off at once, archived, and erased when its grace is over. Until then it can be restored.";
        yield return preview.Payment switch
        {
            null => "The payment was not taken in for this order, so no money moves. Refund it in Stripe.",
            { Disputed: true } => "The customer's bank disputes the payment, so no money moves.",
            { Rest: <= 0 } => "Nothing of the payment is left to give back.",
            { } payment => $"{Money.Text(payment.Rest, payment.Currency)} of the payment can go back to the customer.",
        };
    }

    public static string Period(string billingPeriod) =>
        billingPeriod switch
        {
            BillingPeriod.Month => "per month",
            BillingPeriod.Year => "per year",
            _ => "once",
        };

    /// <summary>What a step of the chain is called.</summary>
    public static string Step(string step) =>
        step switch
        {
            TimelineStep.Intake => "Order received",
            TimelineStep.Payment => "Payment",
            TimelineStep.Customer => "Customer",
            TimelineStep.Order => "Order",
            TimelineStep.Subscriptions => "Subscriptions",
            TimelineStep.Invoice => "Invoice",
            TimelineStep.Tasks => "Tasks",
            TimelineStep.Note => "Note",
            TimelineStep.Refund => "Refund",
            TimelineStep.Cancellation => "Cancelled",
            TimelineStep.Dispute => "Dispute",
            TimelineStep.Website => "Website",
            _ when step.StartsWith(TimelineStep.OfTask, StringComparison.Ordinal) => Task(step[TimelineStep.OfTask.Length..]),
            _ => step,
        };

    /// <summary>What a type of task provides.</summary>
    public static string Task(string type) => TaskKinds.Find(type)?.Title ?? type;

    /// <summary>What a person decides about an order that stopped, as a button says it.</summary>
    public static string Decision(string decision) =>
        decision switch
        {
            PaymentStep.Unbound => "Accept this payment",
            PaymentStep.RefusalWasClosed => "Take it in after all",
            OrderedDomain.NameBelow => "Sell it all the same",
            OrderedDomain.MixesScripts => "The name is honest",
            DuplicateHosting.KeepBoth => "Keep both",
            DuplicateHosting.ApplyPlan => "Apply this order's plan",
            _ => "Accept",
        };

    /// <summary>What the decision does, in a sentence: asked before it is done.</summary>
    public static string Consequence(string decision) =>
        decision switch
        {
            PaymentStep.Unbound => "The order goes on with this payment, although nothing says that it was made for it.",
            PaymentStep.RefusalWasClosed =>
                "The order goes on, although its refusal was closed. Make sure that the money was not given back.",
            OrderedDomain.NameBelow => "The order goes on. The name below stays with the other customer.",
            OrderedDomain.MixesScripts => "The order goes on, and the name is sold as it is.",
            DuplicateHosting.KeepBoth =>
                "The order goes on. The customer has both plans, and the website has the limits of the one that ranks highest.",
            DuplicateHosting.ApplyPlan =>
                "The order goes on. The customer has both plans, and the website gets the limits of this order's plan.",
            _ => "The order goes on.",
        };

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
            PaymentStep.Unbound =>
                "Somebody may have ordered with a payment that was made for something else. Compare the payment in Stripe with the order; accept it, or refund it at Stripe and close the order.",
            PaymentStep.RefusalWasClosed =>
                "Somebody closed this order when it was refused, and the shop sent it again without the fault. Read the note on the timeline; take it in after all, or close it.",
            "payment_refunded" =>
                "The money went back to the customer, in whole or in part. Nothing should be provided before that is settled.",
            "payment_disputed" => "The customer's bank disputes the payment. Wait for the dispute to end before you provide anything.",
            PaymentStep.Cancelled => "The payment was cancelled at Stripe. No money came, so the order was rejected.",
            "payment_pending" => "Stripe has not got the money yet. The panel asks again by itself for a day.",
            "stripe_unreachable" or "stripe_timeout" or "stripe_error" =>
                "Stripe does not answer at the moment. Nothing is lost; the panel asks again by itself for a day.",
            "stripe_rate_limited" => "Stripe asked us to slow down. The panel asks again by itself.",
            "stripe_unauthorized" or "stripe_forbidden" => "Stripe does not accept this panel's key. Mend the setting, then resume.",
            "stripe_refused" or "stripe_unexpected_answer" => "Stripe's answer can't be used. Look at the payment in Stripe, then resume.",
            "unknown_product" => "The catalogue has no such product on sale. Add or activate it, then resume.",
            "period_not_sold" =>
                "The product is not sold for this period. Add a price for it, then resume; accepting prices does not help here.",
            OrderStep.PriceMismatch =>
                "The customer paid another price than the catalogue says. Compare them; accept the price, or correct the catalogue and resume.",
            OrderedDomain.Taken => "The domain, or a name above it, belongs to another customer. Find out whose it is before you resume.",
            OrderedDomain.NameBelow =>
                "Another customer has a name below this one. Find out who really owns the domain; sell it all the same, or settle another one.",
            OrderedDomain.MixesScripts =>
                "Look at the name letter by letter. Accept it if it is meant so; else settle another one with the customer.",
            DuplicateHosting.Code =>
                "The website stays as it is until you decide: keep both plans, apply this order's plan, or refund the payment at Stripe and close the order.",
            OrderedDomain.Redirected =>
                "One of the customer's websites redirects the name. Take the redirect away on that website's page, then resume.",
            TasksStep.WebsiteRemoving =>
                "The website is about to be erased, and the order's hosting with it. Restore it on its page, or wait until it is gone; then resume.",
            InvoiceStep.SellerMissing => "An invoice names its seller, and none is set. Set the seller, restart, then resume.",
            "node_ahead" or "revision_conflict" =>
                "The server has a later state of the website than this panel, as after a restore. Decide on the website's page which one counts.",
            "other_installation" => "The server has the website from another installation of the panel. Nothing was written there.",
            "archive_missing" =>
                "The archive of the website's files is gone or harmed, so nothing was erased. Restore the website, then remove it again.",
            "archive_no_room" => "There is no room on the server for the archive of its files. Nothing was erased; make room, then retry.",
            "archive_failed" => "The archive could not be written or did not match. Nothing was erased; look for room on the server.",
            "domain_reserved" => "Nobody may order this domain. Settle another one with the customer.",
            "lease_expired" => "The server's agent stopped reporting while it worked. It is tried again, unless the attempts are spent.",
            "cancelled" => "Somebody cancelled it by hand.",
            _ => null,
        };
}
