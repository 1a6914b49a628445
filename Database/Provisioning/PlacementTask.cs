namespace MPanel.Database.Provisioning;

/// <summary>The task of a placement: what it is to do is taken from the placement when it is claimed.</summary>
internal static class PlacementTask
{
    /// <summary>Priority of what takes something away from the net.</summary>
    public const int First = 10;

    public const int InTurn = 100;

    /// <summary>SQL, of a placement: that of website @websiteId.</summary>
    public static string OfWebsite(string placement) =>
        $"{placement}.kind = 'hosting' and {placement}.subject_id = @websiteId and {placement}.role = 'serving'";

    /// <summary>
    /// SQL: adds a task for each placement <c>goal</c> (id, server_id) of website <c>w</c> in the query's rest, unless one waits already. Takes
    /// @OrderId, @SubscriptionId, @ServerRole, @ServerTags, @Priority and @CorrelationId.
    /// </summary>
    public static string Insert(string rest) =>
        $$"""
            insert into provisioning_tasks (order_id, subscription_id, subject_kind, subject_id, type, action, domain, website_id, placement_id,
                server_role, server_tags, server_id, priority, payload, correlation_id)
            select @OrderId, @SubscriptionId, 'website', w.id, 'hosting', 'apply', w.domain, w.id, goal.id,
                @ServerRole, @ServerTags, goal.server_id, @Priority, '{}', @CorrelationId
            {{rest}}
            on conflict (placement_id) where status = 'pending' do nothing
            returning id, server_id
            """;
}
