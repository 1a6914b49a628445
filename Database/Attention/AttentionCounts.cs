using Dapper;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Attention;

/// <summary>How much needs a person, by kind; each counted a little further than <see cref="ListTotal.Most"/> at most.</summary>
public sealed record AttentionCounts(long Orders, long Tasks, long Payments, long Servers, long Websites, long Jobs, long Emails, long Keys)
{
    /// <param name="kind">See <see cref="AttentionKind"/>.</param>
    public long Of(string kind) =>
        kind switch
        {
            AttentionKind.Orders => Orders,
            AttentionKind.Tasks => Tasks,
            AttentionKind.Payments => Payments,
            AttentionKind.Servers => Servers,
            AttentionKind.Websites => Websites,
            AttentionKind.Jobs => Jobs,
            AttentionKind.Emails => Emails,
            AttentionKind.Keys => Keys,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind"),
        };

    /// <summary>Of these kinds together.</summary>
    public ListTotal Total(IEnumerable<string> kinds)
    {
        var count = kinds.Sum(Of);
        return new ListTotal(Math.Min(count, ListTotal.Most), count <= ListTotal.Most);
    }

    /// <summary>Kinds that the filter does not want count nothing.</summary>
    public static Task<AttentionCounts> Read(NpgsqlConnection db, AttentionFilter filter)
    {
        var parameters = new DynamicParameters(filter.Parameters);
        parameters.Add("bound", ListTotal.Most + 1);
        return db.QuerySingleAsync<AttentionCounts>(
            $"""
            with stopped as materialized (select f.about_money {AttentionSources.Stopped} limit @bound)
            select
                (select count(*) from stopped where not about_money) + (select count(*) from (
                    (select 1 {AttentionSources.Refused} limit @bound) union all (select 1 {AttentionSources.NotKept} limit @bound)) n) as orders,
                (select count(*) from (
                    (select 1 {AttentionSources.FailedTasks} limit @bound) union all (select 1 {AttentionSources.UnplacedTasks} limit @bound)) n
                ) as tasks,
                (select count(*) from stopped where about_money) + (select count(*) from (
                    (select 1 {AttentionSources.Unsettled} limit @bound) union all (select 1 {DisputeSources.Disputes} limit @bound)
                    union all (select 1 {DisputeSources.Warnings} limit @bound)) n) as payments,
                (select count(*) from (
                    (select 1 {AttentionSources.SilentServers}) union all (select 1 {AttentionSources.UnwellServers}) union all (select 1 {AttentionSources.FullServers})
                    union all (select 1 {AttentionSources.DriftedServers}) union all (select 1 {AttentionSources.Orphans})) n) as servers,
                (select count(*) from (
                    (select 1 {WebsiteSources.LostContent} limit @bound) union all (select 1 {WebsiteSources.OverlappingNames} limit @bound)) n
                ) as websites,
                (select count(*) from (
                    (select 1 {AttentionSources.FailedJobs} limit @bound) union all (select 1 {AttentionSources.FailedRecurring} limit @bound)) n
                ) as jobs,
                (select count(*) from (select 1 {AttentionSources.MailServerDown}) n) as emails,
                (select count(*) from (select 1 {AttentionSources.Keys} limit @bound) n) as keys
            """,
            parameters
        );
    }
}
