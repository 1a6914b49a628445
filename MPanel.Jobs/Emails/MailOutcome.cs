using MPanel.Database.Emails;

namespace MPanel.Jobs.Emails;

/// <summary>What became of a message that was handed on.</summary>
public abstract record MailOutcome
{
    private MailOutcome() { }

    /// <summary>It was taken.</summary>
    public sealed record Taken : MailOutcome;

    /// <summary>It was refused for good, and asking again would be no use.</summary>
    /// <param name="Address">Because of the address: no message gets there.</param>
    public sealed record Refused(EmailReason Reason, bool Address) : MailOutcome;

    /// <summary>It was not taken, and may be later.</summary>
    /// <param name="Down">Because of the mail server itself, whatever the message.</param>
    public sealed record Later(EmailReason Reason, bool Down) : MailOutcome;

    /// <summary>The message was on its way, and no answer came.</summary>
    public sealed record Unsure(EmailReason Reason) : MailOutcome;
}
