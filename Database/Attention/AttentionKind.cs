namespace MPanel.Database.Attention;

/// <summary>The sorts of things that need a person, as they stand in the list's filter and in its answers.</summary>
public static class AttentionKind
{
    /// <summary>Orders that stopped for a decision, and paid ones that were refused.</summary>
    public const string Orders = "orders";

    /// <summary>Provisioning tasks that failed, or that no server has had room for.</summary>
    public const string Tasks = "tasks";

    /// <summary>Payments that were refunded or disputed, that a bank warns of, or that contradict their order.</summary>
    public const string Payments = "payments";

    /// <summary>Servers that are silent or full.</summary>
    public const string Servers = "servers";

    /// <summary>Background jobs that stopped and belong to no stopped order, and recurring jobs that failed.</summary>
    public const string Jobs = "jobs";

    /// <summary>Websites whose files were lost with a server, and those of one customer that are a name and its www name.</summary>
    public const string Websites = "websites";

    /// <summary>The code of a website whose files were lost with its server.</summary>
    public const string ContentLost = "content_lost";

    /// <summary>The code of a website whose www name is another website of the same customer.</summary>
    public const string NamesOverlap = "names_overlap";

    /// <summary>The code of a paid order that was refused: it is mended on its own page.</summary>
    public const string OrderRefused = "order_refused";

    /// <summary>The code of a sender whose refused orders are not kept any more.</summary>
    public const string NotKept = "refused_not_kept";

    /// <summary>The code of a bank's word that a payment may be fraud.</summary>
    public const string FraudWarning = "fraud_warning";

    /// <summary>Before the codes of disputes.</summary>
    public const string OfDispute = "dispute_";

    /// <summary>Service keys that end soon, and those of the first release that nobody has looked at.</summary>
    public const string Keys = "keys";

    /// <summary>A mail server that takes nothing.</summary>
    public const string Emails = "emails";

    /// <summary>The code of a recurring job that failed: it is retried on Hangfire's dashboard, which alone knows it.</summary>
    public const string RecurringFailed = "recurring_job_failed";

    public static readonly IReadOnlyList<string> All = [Orders, Tasks, Payments, Servers, Websites, Jobs, Emails, Keys];

    /// <summary>Reasons to stop an order that are about its money: such an order stands among the payments, not among the orders.</summary>
    internal static readonly string[] PaymentReasons =
    [
        "payment_not_found",
        "payment_id_mismatch",
        "payment_mode_mismatch",
        "currency_mismatch",
        "amount_mismatch",
        "payment_refunded",
        "payment_disputed",
        "payment_unbound",
    ];
}
