using System.Text.Json;
using MPanel.Database.Emails;
using MPanel.Jobs.Outcomes;
using Npgsql;

namespace MPanel.Jobs.Emails;

/// <summary>Sends an invitation to whoever it is for. Whoever made it still sees its link, once.</summary>
public sealed class InvitationMails(MailSwitch mail, MailSeal seal, PublicLinks links)
{
    /// <param name="token">The secret part of the link. Each link is sent once.</param>
    public Task Queue(NpgsqlTransaction transaction, Actor actor, long userId, string email, string token)
    {
        // Without e-mail the link on the page is all there is: none is kept for a day on which e-mail is switched on.
        if (!mail.Sends)
            return Task.CompletedTask;
        var link = seal.Close(links.To($"/invitation?token={token}"));
        var facts = JsonSerializer.Serialize(new { invited_by = actor.Name, email });
        return QueueEmail.Staff(
            transaction,
            new StaffEmail(EmailTemplateCode.Invitation, userId, $"{Guid.NewGuid():N}", facts, actor.CorrelationId, link)
        );
    }
}
