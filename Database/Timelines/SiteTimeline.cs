using Dapper;
using Npgsql;

namespace MPanel.Database.Timelines;

/// <summary>What happened to a website.</summary>
public static class SiteTimeline
{
    /// <summary>A line about what asks nothing of a server.</summary>
    public static Task Add(NpgsqlTransaction transaction, long websiteId, string message, string actor, string correlationId) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            {Timeline.Append}
            select 'website', @websiteId, now(), 'website', null, null, 'done', null, @message, null, @actor, @correlationId
            """,
            new
            {
                websiteId,
                message,
                actor,
                correlationId,
            },
            transaction
        );
}
