namespace MPanel.Database.Emails;

/// <summary>States of an e-mail.</summary>
public static class EmailState
{
    /// <summary>It waits for its turn, for its next try, or for e-mail to be switched on.</summary>
    public const string Queued = "queued";

    /// <summary>A mail server is being told. Left there by a process that died: nobody knows whether it was taken.</summary>
    public const string Sending = "sending";

    /// <summary>The mail server took it.</summary>
    public const string Sent = "sent";

    /// <summary>It was refused for good, or could not be delivered for a day.</summary>
    public const string Failed = "failed";

    /// <summary>The address takes no mail, as a mail server said before.</summary>
    public const string Suppressed = "suppressed";

    /// <summary>It was too late, or what it was about is over.</summary>
    public const string Skipped = "skipped";

    /// <summary>Nobody knows whether the mail server took it, and twice would be worse than not at all.</summary>
    public const string Unknown = "unknown";

    public static readonly IReadOnlyList<string> All = [Queued, Sending, Sent, Failed, Suppressed, Skipped, Unknown];
}
