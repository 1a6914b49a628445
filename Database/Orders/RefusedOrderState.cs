namespace MPanel.Database.Orders;

/// <summary>States of a paid order that was refused.</summary>
public static class RefusedOrderState
{
    public const string Open = "open";

    /// <summary>It became an order.</summary>
    public const string Received = "received";
    public const string Closed = "closed";

    public static readonly IReadOnlyList<string> All = [Open, Received, Closed];
}
