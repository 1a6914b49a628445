namespace MPanel.Jobs.Orders;

/// <summary>What a person can decide about an order that stopped, by the reason that it stopped for. Prices are accepted by their own decision.</summary>
public static class OrderReview
{
    private static readonly Dictionary<string, string[]> ByReason = new()
    {
        [PaymentStep.Unbound] = [PaymentStep.Unbound],
        [PaymentStep.RefusalWasClosed] = [PaymentStep.RefusalWasClosed],
        [OrderedDomain.NameBelow] = [OrderedDomain.NameBelow],
        [OrderedDomain.MixesScripts] = [OrderedDomain.MixesScripts],
        [DuplicateHosting.Code] = [DuplicateHosting.KeepBoth, DuplicateHosting.ApplyPlan],
    };

    /// <summary>Every decision there is.</summary>
    public static readonly IReadOnlyList<string> Decisions = [.. ByReason.Values.SelectMany(d => d).Distinct()];

    /// <returns>None for a reason that can't be accepted: its cause must be mended.</returns>
    public static IReadOnlyList<string> Of(string reason) => ByReason.GetValueOrDefault(reason, []);
}
