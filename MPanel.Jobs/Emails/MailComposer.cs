using System.Globalization;
using Microsoft.Extensions.Options;
using MimeKit;
using MPanel.Database.Emails;
using MPanel.Database.Invoices;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Emails;

/// <summary>A message that is ready to go, and what is kept of it.</summary>
/// <param name="Content">Without secrets.</param>
public sealed record ComposedEmail(MimeMessage Message, EmailContent Content);

/// <summary>Makes a message of a queued e-mail: its template, filled in, with what goes along.</summary>
public sealed class MailComposer(
    EmailRenderer renderer,
    MailSeal seal,
    InvoicePrinter printer,
    IOptions<SmtpOptions> options,
    TimeProvider time
)
{
    /// <summary>What stands in the log where a link stood that lets its reader in.</summary>
    public const string HiddenLink = "(a link that only the message has)";

    private const string NobodysAddress = "panel@localhost.invalid";

    /// <returns>Null where the link that it is about can't be opened any more.</returns>
    public async Task<ComposedEmail?> Compose(NpgsqlConnection db, OutgoingEmail email, EmailTemplate template)
    {
        string? link = null;
        if (template.HasSecretLink && (email.Target.SealedLink is not { } sealedLink || (link = seal.Open(sealedLink)) is null))
            return null;
        var content = await Render(db, email, template, link);
        var message = Message(email, content);
        var body = new BodyBuilder { TextBody = content.Text, HtmlBody = content.Html };
        if (
            template.AttachesInvoice
            && email.Target.SubjectKind == "invoice"
            && await InvoiceFacts.Of(db, email.Target.SubjectId) is { } invoice
        )
            body.Attachments.Add(
                $"{invoice.Number}.pdf",
                printer.Pdf(invoice, [.. await InvoiceFacts.Lines(db, email.Target.SubjectId)]),
                new ContentType("application", "pdf")
            );
        message.Body = body.ToMessageBody();
        return new ComposedEmail(message, link is null ? content : await Render(db, email, template, HiddenLink));
    }

    /// <summary>A template that a person changed may fail with facts that its preview did not have: the program's own says it then.</summary>
    private async Task<EmailContent> Render(NpgsqlConnection db, OutgoingEmail email, EmailTemplate template, string? link)
    {
        var own = await ChangedTemplates.Get(db, template.Code, email.Locale);
        if (own is not null)
        {
            try
            {
                var source = new TemplateSource(own.Subject, own.BodyText, own.BodyHtml);
                return renderer.Render(source, email.Facts, email.Target.RecipientName, link);
            }
            catch (TemplateException) { }
        }
        return renderer.Render(BuiltInTemplates.Of(template.Code), email.Facts, email.Target.RecipientName, link);
    }

    private MimeMessage Message(OutgoingEmail email, EmailContent content)
    {
        var settings = options.Value;
        var from = EmailAddress.Normalize(settings.From) ?? NobodysAddress;
        var message = new MimeMessage { Subject = content.Subject, Date = time.GetUtcNow() };
        message.From.Add(new MailboxAddress(renderer.Company, from));
        message.To.Add(new MailboxAddress(email.Target.RecipientName, email.Target.Recipient));
        if (EmailAddress.Normalize(settings.ReplyTo) is { } answers)
            message.ReplyTo.Add(new MailboxAddress(renderer.Company, answers));
        // The same however often it is sent.
        message.MessageId = string.Create(CultureInfo.InvariantCulture, $"{email.Uid:N}@{from[(from.LastIndexOf('@') + 1)..]}");
        // No out-of-office answers, please.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        return message;
    }
}
