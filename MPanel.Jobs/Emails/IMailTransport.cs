using MimeKit;

namespace MPanel.Jobs.Emails;

/// <summary>Where messages go: to a mail server, or in Development into a directory.</summary>
public interface IMailTransport
{
    /// <param name="cancellationToken">Heeded as long as the message can't have been taken.</param>
    Task<MailOutcome> Send(MimeMessage message, CancellationToken cancellationToken);
}
