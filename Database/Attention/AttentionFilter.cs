namespace MPanel.Database.Attention;

/// <param name="Kinds">Which are wanted, see <see cref="AttentionKind"/>.</param>
/// <param name="OfflineAfter">A server that was not heard of for longer counts as offline.</param>
/// <param name="Like">Pattern for what it is about; null for all.</param>
/// <param name="Code">Reason code; null for all.</param>
public sealed record AttentionFilter(IReadOnlyCollection<string> Kinds, TimeSpan OfflineAfter, string? Like = null, string? Code = null)
{
    /// <summary>A task that waits for a server so long needs somebody: placement tries again every few seconds.</summary>
    public static readonly TimeSpan WaitsLong = TimeSpan.FromMinutes(5);

    /// <summary>Parameters of the statements in <see cref="AttentionSources"/>.</summary>
    internal object Parameters =>
        new
        {
            Orders = Kinds.Contains(AttentionKind.Orders),
            Tasks = Kinds.Contains(AttentionKind.Tasks),
            Payments = Kinds.Contains(AttentionKind.Payments),
            Servers = Kinds.Contains(AttentionKind.Servers),
            Websites = Kinds.Contains(AttentionKind.Websites),
            Jobs = Kinds.Contains(AttentionKind.Jobs),
            Emails = Kinds.Contains(AttentionKind.Emails),
            Keys = Kinds.Contains(AttentionKind.Keys),
            AttentionKind.PaymentReasons,
            OfflineAfter,
            WaitsLong,
            Like,
            Code,
        };
}
