using MPanel.Database.Emails;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Emails;

/// <summary>What people decide about e-mails.</summary>
public sealed class EmailActions(NpgsqlDataSource dataSource, JobSignals jobs)
{
    /// <summary>Code: the address takes no mail.</summary>
    public const string Suppressed = "address_suppressed";

    /// <summary>The same message again, as an e-mail of its own.</summary>
    /// <param name="uid">Names the request: the same again is the same e-mail.</param>
    public async Task<Outcome<EmailDetail>> Resend(Actor actor, long id, Guid uid)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await EmailFacts.Of(db, id, transaction) is not { } email)
            return new Outcome<EmailDetail>.Missing();
        if (email.Status is EmailState.Queued or EmailState.Sending)
            return Refusal.State("on_its_way", "It is on its way already.");
        if (EmailTemplates.Find(email.Template) is not { HasSecretLink: false })
            return Refusal.Unfit(
                "link_gone",
                "Its link was for one message only. Invite the person again, or let them ask for another link."
            );
        if (email.Person.SuppressionId is not null)
            return Refusal.State(Suppressed, "The address takes no mail. Let it get mail again first, if that has changed.");
        var again = await EmailDecisions.Again(transaction, id, uid, actor.CorrelationId);
        await actor
            .Audit("email.sent_again", $"e-mail {id}", null, AuditJson.Of(new { again, email.Person.Recipient }))
            .Append(db, transaction);
        var sent = (await EmailFacts.Of(db, again!.Value, transaction))!;
        await transaction.CommitAsync();
        jobs.Added();
        return new Outcome<EmailDetail>.Done(sent);
    }

    /// <summary>Lets an address get mail again that a mail server refused.</summary>
    /// <returns>The address.</returns>
    public async Task<Outcome<string>> Allow(Actor actor, long suppressionId)
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await EmailDecisions.Allow(transaction, suppressionId) is not { } address)
            return new Outcome<string>.Missing();
        await actor.Audit("email.address_allowed", $"address {address}").Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<string>.Done(address);
    }
}
