using System.Text.Json;
using Microsoft.Extensions.Options;
using MPanel.Database.Attention;
using MPanel.Database.Emails;
using MPanel.Database.Lists;
using MPanel.Jobs.Emails;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Web.Api.Attention;

/// <summary>
/// Writes to the staff of what has come to need a person: to each of what their permissions let them see. The first is told within a minute;
/// what comes in the quarter of an hour after it is told together, so that a hundred failures are one message.
/// </summary>
public sealed class AttentionMails(
    NpgsqlDataSource dataSource,
    MailSwitch mail,
    PublicLinks links,
    IOptions<ProvisioningOptions> provisioning,
    JobSignals jobs
) : IRecurringJob
{
    /// <summary>Of one message; it says how many more there are.</summary>
    private const int MostAlerts = 25;

    /// <summary>Looked at at once: when more than that needs a person, the rest says nothing new.</summary>
    private const int Looked = 500;

    private static readonly TimeSpan Gathering = TimeSpan.FromMinutes(15);

    public string Id => "emails.alerts";
    public string Cron => "* * * * *";
    public string Does => "Writes to the staff of what has come to need a person, at most every quarter of an hour.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        if (!mail.Sends)
            return "E-mail is off";
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        if (await StaffAlerts.ToldWithin(db, Gathering))
            return "The staff were written to less than a quarter of an hour ago";
        var rows = await Latest(db);
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        var told = (await StaffAlerts.Tell(transaction, [.. rows.Select(Key)])).ToHashSet();
        var fresh = rows.Where(row => told.Contains(Key(row))).ToList();
        var written = 0;
        if (fresh.Count > 0)
            foreach (var reader in await StaffAlerts.Readers(db))
                written += await Write(transaction, reader, fresh) ? 1 : 0;
        await transaction.CommitAsync(cancellationToken);
        if (written > 0)
            jobs.Added();
        return $"{fresh.Count} new, {written} messages";
    }

    private async Task<IReadOnlyList<AttentionRow>> Latest(NpgsqlConnection db)
    {
        var filter = new AttentionFilter(AttentionKind.All, provisioning.Value.OfflineAfter);
        var slice = await AttentionList.Read(db, filter, new SliceRequest(AttentionList.Sorts[0], Descending: true, Edge: null, Looked));
        return slice.Rows;
    }

    private async Task<bool> Write(NpgsqlTransaction transaction, AlertReader reader, IReadOnlyList<AttentionRow> fresh)
    {
        // That the mail server takes nothing is for the page: no mail about it would get out.
        var seen = fresh
            .Where(row => row.Kind != AttentionKind.Emails && reader.Permissions.Contains(AttentionRules.Permission(row.Kind)))
            .ToList();
        if (seen.Count == 0)
            return false;
        var facts = new
        {
            count = seen.Count,
            more = Math.Max(0, seen.Count - MostAlerts),
            attention_link = links.To("/attention"),
            alerts = seen.Take(MostAlerts)
                .Select(row => new
                {
                    title = AttentionWords.Title(row),
                    reason = AttentionWords.Reason(row),
                    link = links.To(AttentionWords.Page(row)),
                }),
        };
        // The newest of them names the message: it is never told again.
        var stage = $"{seen[0].Id} {seen[0].Code} {seen[0].Since.UtcTicks}";
        await QueueEmail.Staff(
            transaction,
            new StaffEmail(
                EmailTemplateCode.StaffAlert,
                reader.UserId,
                stage,
                JsonSerializer.Serialize(facts),
                Guid.CreateVersion7().ToString("N")
            )
        );
        return true;
    }

    private static AlertKey Key(AttentionRow row) => new(row.Id, row.Code, row.Since);
}
