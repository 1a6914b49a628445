using MPanel.Database.Websites;
using MPanel.Jobs.Engine;
using Npgsql;

namespace MPanel.Jobs.Websites;

/// <summary>Every day: forgets traffic that is too old. Batch by batch, so that no report waits long for one.</summary>
public sealed class TrafficJob(NpgsqlDataSource dataSource) : IRecurringJob
{
    public const int Batch = 10_000;

    public string Id => "websites.traffic";
    public string Cron => "41 2 * * *";
    public string Does => "Forgets days of traffic that are too old.";

    public async Task<string> Run(CancellationToken cancellationToken)
    {
        await using var db = await dataSource.OpenConnectionAsync(cancellationToken);
        var forgotten = 0;
        for (var last = Batch; last == Batch; forgotten += last)
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = await ForgetTraffic.Run(db, Batch);
        }
        return $"{forgotten} days of websites forgotten.";
    }
}
