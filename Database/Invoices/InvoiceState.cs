namespace MPanel.Database.Invoices;

/// <summary>States of an invoice.</summary>
public static class InvoiceState
{
    public const string Draft = "draft";
    public const string Open = "open";
    public const string Paid = "paid";
    public const string PartiallyRefunded = "partially_refunded";
    public const string Refunded = "refunded";
    public const string Void = "void";
    public const string Uncollectible = "uncollectible";

    public static readonly IReadOnlyList<string> All = [Draft, Open, Paid, PartiallyRefunded, Refunded, Void, Uncollectible];
}
