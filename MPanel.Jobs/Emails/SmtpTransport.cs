using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using MPanel.Database.Emails;

namespace MPanel.Jobs.Emails;

/// <summary>One message, one connection: what a mail server says of one recipient is nothing to the others.</summary>
internal sealed class SmtpTransport(IOptions<SmtpOptions> options) : IMailTransport
{
    private const int LongestReason = 500;

    public async Task<MailOutcome> Send(MimeMessage message, CancellationToken cancellationToken)
    {
        using var client = new Conversation { Timeout = (int)options.Value.Timeout.TotalMilliseconds };
        try
        {
            await Open(client, cancellationToken);
            await client.SendAsync(message, cancellationToken);
        }
        catch (Exception e) when (Failure(client, e) is { } failure)
        {
            return failure;
        }
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It has the message: how it says goodbye is nothing to us.
        }
        return new MailOutcome.Taken();
    }

    private async Task Open(SmtpClient client, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        // The name and the chain of its certificate are checked. Whether it was revoked is not: many mail servers can't ask anybody.
        client.CheckCertificateRevocation = false;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(settings.Timeout);
        try
        {
            await client.ConnectAsync(settings.Host!, settings.Port, Security(settings.Security), bound.Token);
            if (!string.IsNullOrEmpty(settings.UserName))
                await client.AuthenticateAsync(settings.UserName, settings.Password!, bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer within {settings.Timeout.TotalSeconds:0} s.");
        }
    }

    /// <returns>Null for what isn't about the mail server: it is thrown on.</returns>
    private static MailOutcome? Failure(Conversation client, Exception failure) =>
        failure switch
        {
            OperationCanceledException => client.MayBeTaken
                ? Unsure("interrupted", "The panel was stopped before the mail server answered.")
                : null,
            SmtpCommandException command => Answer(command),
            SslHandshakeException => Down("tls_failed", "Its certificate could not be verified, or it speaks no TLS."),
            ServiceNotAuthenticatedException => Down("login_required", "It wants a login: set Smtp:UserName and Smtp:Password."),
            AuthenticationException => Down("login_refused", $"It refuses Smtp:UserName and Smtp:Password: {failure.Message}"),
            NotSupportedException => Down("not_supported", failure.Message),
            _ when client.MayBeTaken && IsConnection(failure) => Unsure("answer_lost", failure.Message),
            _ when IsConnection(failure) => Down("unreachable", failure.Message),
            _ => null,
        };

    private static bool IsConnection(Exception failure) =>
        failure is SocketException or IOException or TimeoutException or ProtocolException or ServiceNotConnectedException;

    private static MailOutcome Answer(SmtpCommandException answer)
    {
        var code = (int)answer.StatusCode;
        var reason = Reason($"smtp_{code}", $"{code} {answer.Message}");
        var permanent = code >= 500;
        return answer.ErrorCode switch
        {
            // What a server says of its own rules (5.7.x, relaying denied) speaks of us: nobody's address is given up for it.
            SmtpErrorCode.RecipientNotAccepted when permanent => new MailOutcome.Refused(
                reason,
                Address: IsAboutAddress(code, answer.Message)
            ),
            SmtpErrorCode.MessageNotAccepted when permanent => new MailOutcome.Refused(reason, Address: false),
            SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted => new MailOutcome.Later(reason, Down: false),
            _ => new MailOutcome.Later(reason, Down: true),
        };
    }

    // RFC 3463: no such mailbox, no such host, bad syntax, moved, null MX, disabled. The other 5.1.x can mean the sender's address.
    private static readonly string[] AboutAddress = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];

    // Of servers that give no such code: what they say when it is our doing.
    private static readonly string[] AboutUs =
    [
        "relay",
        "sender",
        "authenti",
        "login",
        "denied",
        "block",
        "black",
        "spam",
        "policy",
        "reject",
    ];

    private static bool IsAboutAddress(int code, string text) =>
        text.StartsWith("5.", StringComparison.Ordinal)
            ? AboutAddress.Contains(text.Split(' ', 2)[0])
            : code is 550 or 551 or 553 && !AboutUs.Any(w => text.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static MailOutcome.Later Down(string code, string text) => new(Reason(code, text), Down: true);

    private static MailOutcome.Unsure Unsure(string code, string text) => new(Reason(code, text));

    private static EmailReason Reason(string code, string text)
    {
        var line = new string([.. text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c)]);
        return new EmailReason(code, line.Length <= LongestReason ? line : line[..LongestReason]);
    }

    private static SecureSocketOptions Security(string security) =>
        security switch
        {
            SmtpOptions.Tls => SecureSocketOptions.SslOnConnect,
            SmtpOptions.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };

    /// <summary>Knows how far it came: once the recipient is accepted, the message may be taken.</summary>
    private sealed class Conversation : SmtpClient
    {
        public bool MayBeTaken { get; private set; }

        protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            MayBeTaken = true;
            base.OnRecipientAccepted(message, mailbox, response);
        }
    }
}
