using Microsoft.Extensions.Logging;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Provisioning;

/// <summary>Tells agents that wait for a task that there is one: after the commit, so that what they are to find is there.</summary>
public sealed partial class TaskAnnouncements(ILogger<TaskAnnouncements> logger)
{
    /// <summary>Never fails: a claim that hears of nothing looks by itself before long.</summary>
    public async Task Send(NpgsqlConnection db, IReadOnlyCollection<long> serverIds)
    {
        try
        {
            await TaskChannel.Announce(db, serverIds);
        }
        catch (Exception failure)
        {
            LogLost(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting agents could not be told of a task; their claims look for themselves.")]
    private partial void LogLost(Exception failure);
}
