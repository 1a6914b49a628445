namespace MPanel.Database.Invoices;

/// <summary>States of an invoice.</summary>
public static class InvoiceState
{
    public const string Draft = "draft";
    public const string Open = "open";
    public const string Paid = "paid";
    public const string PartiallyRefunded = "partially_refunded";
    public const string Refunded = "refunded";

    /// <summary>Taken back whole by credit notes, and no money went back: it was never paid, or became credit.</summary>
    public const string Credited = "credited";

    /// <summary>A draft that was discarded.</summary>
    public const string Void = "void";

    /// <summary>Written off: nobody expects the rest.</summary>
    public const string Uncollectible = "uncollectible";

    public static readonly IReadOnlyList<string> All = [Draft, Open, Paid, PartiallyRefunded, Refunded, Credited, Void, Uncollectible];
}
