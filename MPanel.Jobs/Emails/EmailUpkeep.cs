using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MPanel.Database.Emails;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Engine.Hangfire;
using Npgsql;

namespace MPanel.Jobs.Emails;

/// <summary>Says to all processes, when one that runs jobs starts, whether e-mail is sent.</summary>
internal sealed class EmailSwitchOn(NpgsqlDataSource dataSource, MailSwitch mail, JobRole role) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!role.RunsWorkers)
            return;
        try
        {
            await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
            await EmailRelay.Switch(db, mail.Sends);
        }
        catch (NpgsqlException)
        {
            // The panel starts without a database, and on one that isn't migrated yet. EmailUpkeep says it again every minute.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Takes up what waited while e-mail was off, and leaves out what waited for too long.</summary>
public sealed class EmailUpkeep(NpgsqlDataSource dataSource, MailSwitch mail, JobSignals jobs) : IRecurringJob
{
    private const int Batch = 500;

    /// <summary>Older messages are not sent when e-mail is switched on: they say what is long over.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromHours(48);

    public string Id => "emails.take-up";
    public string Cron => "* * * * *";
    public string Does => "Sends e-mail that waited while it was switched off, and leaves out what is older than two days.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        await EmailRelay.Switch(db, mail.Sends);
        var skipped = await EmailRelay.SkipOlder(db, Oldest);
        var taken = await EmailRelay.TakeUp(db, Batch);
        if (taken > 0)
            jobs.Added();
        return $"{taken} taken up, {skipped} left out";
    }
}

/// <summary>Every night: forgets e-mails that were sent long ago.</summary>
public sealed class PruneEmails(NpgsqlDataSource dataSource, IOptions<EmailOptions> options) : IRecurringJob
{
    private const int Batch = 1000;

    public string Id => "emails.prune";
    public string Cron => "47 3 * * *";
    public string Does => "Forgets e-mails that were sent long ago.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var forgotten = 0;
        int batch;
        do
        {
            batch = await EmailRelay.Prune(db, TimeSpan.FromDays(options.Value.KeepDays), Batch);
            forgotten += batch;
        } while (batch == Batch);
        return $"{forgotten} forgotten";
    }
}
