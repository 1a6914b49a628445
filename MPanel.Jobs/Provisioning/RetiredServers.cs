using Microsoft.Extensions.Logging;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using Npgsql;

namespace MPanel.Jobs.Provisioning;

/// <summary>Takes websites and tasks off servers that have left, step by step: whoever dies at it leaves the rest to the next.</summary>
public sealed partial class RetiredServers(ILogger<RetiredServers> logger)
{
    private const int MostAtOnce = 200;

    /// <summary>So that whatever else is to be placed isn't kept waiting by a large server.</summary>
    public async Task Leave(NpgsqlConnection db, CancellationToken stoppingToken)
    {
        for (var left = 0; left < MostAtOnce && !stoppingToken.IsCancellationRequested; left++)
        {
            var correlationId = Guid.CreateVersion7().ToString("N");
            if (await LeaveLostServer.Next(db, correlationId) is not { } website)
                break;
            if (website.Removed)
                LogRemoved(website.Id, website.Domain, website.Server, correlationId);
            else
                LogLeft(website.Id, website.Domain, website.Server, correlationId);
        }
        await LeaveRetiredServers.Next(db, MostAtOnce);
    }

    [LoggerMessage(
        EventName = "WebsiteLeftLostServer",
        Level = LogLevel.Warning,
        Message = "Website {WebsiteId}, {Domain}, leaves {Server}, which is lost: it waits for another server, without its files ({CorrelationId})"
    )]
    private partial void LogLeft(long websiteId, string domain, string server, string correlationId);

    [LoggerMessage(
        EventName = "WebsiteLostWhileRemoved",
        Level = LogLevel.Warning,
        Message = "Website {WebsiteId}, {Domain}, was being removed from {Server}, which is lost: its archive is gone, its names are free ({CorrelationId})"
    )]
    private partial void LogRemoved(long websiteId, string domain, string server, string correlationId);
}
