namespace MPanel.Database.Timelines;

/// <summary>What a line of an order's timeline is about.</summary>
public static class TimelineStep
{
    public const string Intake = "intake";
    public const string Payment = "payment";
    public const string Customer = "customer";
    public const string Order = "order";
    public const string Subscriptions = "subscriptions";
    public const string Invoice = "invoice";
    public const string Tasks = "tasks";
    public const string Note = "note";
    public const string Refund = "refund";

    /// <summary>A person ended it.</summary>
    public const string Cancellation = "cancellation";

    /// <summary>What the customer's bank says against the payment.</summary>
    public const string Dispute = "dispute";

    /// <summary>What a person or the panel made of a website.</summary>
    public const string Website = "website";

    /// <summary>Before the kind of a provisioning task.</summary>
    public const string OfTask = "task.";
}
