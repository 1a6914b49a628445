using MPanel.Database.Emails;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Text;
using Npgsql;

namespace MPanel.Jobs.Emails;

/// <summary>
/// Sends an e-mail. Before the mail server hears of it, it is committed that it is being told: whoever comes after a crash then knows that
/// nobody knows. What must not come twice is left so, as unknown; all else is sent again with the same Message-ID.
/// </summary>
public sealed class EmailStep(NpgsqlDataSource dataSource, MailSwitch mail, MailComposer composer, IMailTransport transport) : IStep
{
    private static readonly TimeSpan TriedFor = TimeSpan.FromDays(1);

    public string Kind => QueueEmail.Kind;
    public string Title => "E-mail";

    /// <summary>For a day, and some hours for what can't be foreseen: when a message has been tried for long enough, the step says.</summary>
    public RetrySchedule Retries { get; } = new([.. RetrySchedule.Day.Delays, .. Enumerable.Repeat(TimeSpan.FromMinutes(30), 12)]);

    public async Task<StepVerdict> Run(StepRun step, CancellationToken cancellationToken)
    {
        var id = EmailChain.IdOf(step.Payload);
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await SendEmail.Get(db, id) is not { } email)
            return new StepVerdict.Done("It was forgotten meanwhile");
        if (email.Status is not (EmailState.Queued or EmailState.Sending))
            return new StepVerdict.Done($"It is {email.Status} already");
        if (!mail.Sends)
            return new StepVerdict.Done("E-mail is off: it lies until it is switched on");
        if (WhyNot(email) is { } end)
            return await End(step, id, end.State, end.Reason, cancellationToken);
        var template = EmailTemplates.Find(email.Template)!;
        if (await composer.Compose(db, email, template) is not { } composed)
            return await End(
                step,
                id,
                EmailState.Skipped,
                new EmailReason("link_lost", "Its link can't be read any more. Ask for another."),
                cancellationToken
            );
        // Nothing was sent of what somebody else ended meanwhile.
        if (!await SendEmail.Begin(db, id))
            return new StepVerdict.Done("It is over already");
        return await Send(step, db, email, template, composed, cancellationToken);
    }

    /// <summary>What ends it without a mail server's being asked.</summary>
    private static (string State, EmailReason Reason)? WhyNot(OutgoingEmail email)
    {
        if (EmailTemplates.Find(email.Template) is not { } template)
            return (EmailState.Failed, new EmailReason("unknown_template", $"This build has no template {email.Template}."));
        if (email.Status == EmailState.Sending && template.AtMostOnce)
            return (EmailState.Unknown, new EmailReason("answer_lost", "The panel was stopped before the mail server answered."));
        if (email.Suppressed)
            return (
                EmailState.Suppressed,
                new EmailReason("address_suppressed", "A mail server said before that the address takes no mail.")
            );
        if (EmailAddress.Normalize(email.Target.Recipient) is null)
            return (EmailState.Failed, new EmailReason("address_invalid", "Mail can't be sent to this address."));
        if (email.Age > template.Lifetime && (email.Tries == 0 || template.HasSecretLink))
            return (EmailState.Skipped, new EmailReason("too_late", "It was about something that is over."));
        return null;
    }

    private async Task<StepVerdict> Send(
        StepRun step,
        NpgsqlConnection db,
        OutgoingEmail email,
        EmailTemplate template,
        ComposedEmail composed,
        CancellationToken cancellationToken
    )
    {
        MailOutcome outcome;
        try
        {
            outcome = await transport.Send(composed.Message, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It can't have been taken: the next one may send it, whatever it is.
            await SendEmail.Later(db, email.Id, new EmailReason("interrupted", "The panel was stopped."));
            throw;
        }
        if (outcome is MailOutcome.Later { Down: true, Reason: var problem })
            await EmailRelay.Down(db, problem.Text);
        else if (outcome is MailOutcome.Refused or MailOutcome.Later)
            await EmailRelay.Up(db);
        switch (outcome)
        {
            case MailOutcome.Taken:
                // Not to be interrupted any more: it is so.
                var transaction = await step.Begin(CancellationToken.None);
                await SendEmail.Sent(transaction, email.Id, composed.Content);
                await EmailRelay.Up(transaction.Connection!);
                return new StepVerdict.Done("Sent");
            case MailOutcome.Refused refused:
                return await Refused(step, email.Id, refused);
            case MailOutcome.Unsure unsure when template.AtMostOnce:
                return await End(step, email.Id, EmailState.Unknown, unsure.Reason, CancellationToken.None);
            case MailOutcome.Unsure unsure:
                return await Later(step, db, email, unsure.Reason);
            case MailOutcome.Later later:
                return await Later(step, db, email, later.Reason);
            default:
                throw new InvalidOperationException($"Nothing is known of {outcome}.");
        }
    }

    private static async Task<StepVerdict> Refused(StepRun step, long id, MailOutcome.Refused refused)
    {
        var transaction = await step.Begin(CancellationToken.None);
        if (refused.Address)
            await SendEmail.Suppress(transaction, id, refused.Reason.Text);
        return await End(step, id, EmailState.Failed, refused.Reason, CancellationToken.None);
    }

    private static async Task<StepVerdict> Later(StepRun step, NpgsqlConnection db, OutgoingEmail email, EmailReason reason)
    {
        if (email.Age > TriedFor)
            return await End(step, email.Id, EmailState.Failed, reason, CancellationToken.None);
        await SendEmail.Later(db, email.Id, reason);
        return new StepVerdict.Retry(reason.Code, reason.Text);
    }

    private static async Task<StepVerdict> End(StepRun step, long id, string state, EmailReason reason, CancellationToken cancellationToken)
    {
        await SendEmail.End(await step.Begin(cancellationToken), id, state, reason);
        return new StepVerdict.Done($"It is {state}: {reason.Text}");
    }
}
