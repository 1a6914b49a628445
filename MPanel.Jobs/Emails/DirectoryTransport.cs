using Microsoft.Extensions.Options;
using MimeKit;

namespace MPanel.Jobs.Emails;

/// <summary>For Development: messages lie in a directory, and leave the machine by no way.</summary>
internal sealed class DirectoryTransport(IOptions<EmailOptions> options) : IMailTransport
{
    public async Task<MailOutcome> Send(MimeMessage message, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(options.Value.Directory!).FullName;
        // The same message again is the same file, as it is the same Message-ID.
        await message.WriteToAsync(Path.Combine(directory, message.MessageId!.Split('@')[0] + ".eml"), cancellationToken);
        return new MailOutcome.Taken();
    }
}
