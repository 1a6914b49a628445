using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <summary>A name and its www name that are two websites of one customer.</summary>
/// <param name="Kept">Of the name without www: its files stay.</param>
/// <param name="Merged">Of the www name: its files are archived, and erased when the grace is over.</param>
/// <param name="KeptServer">Null while it waits for one, as is the other.</param>
/// <param name="MovedNames">All that the merged one answers to or redirects; the kept one does so afterwards.</param>
public sealed record OverlappingSites(
    long KeptId,
    string Kept,
    string? KeptServer,
    long MergedId,
    string Merged,
    string? MergedServer,
    string[] MovedNames
);

public static class MergeNames
{
    /// <summary>Null when neither its www name nor its name without www is another website of its customer.</summary>
    public static Task<OverlappingSites?> Of(NpgsqlConnection db, long websiteId) =>
        db.QuerySingleOrDefaultAsync<OverlappingSites>(
            """
            select a.id as kept_id, a.domain as kept, sa.name as kept_server, b.id as merged_id, b.domain as merged, sb.name as merged_server,
                   array(select h.name from hostnames h where h.website_id = b.id order by h.role <> 'primary', h.name collate "C") as moved_names
            from websites given
            join websites a on a.domain = regexp_replace(given.domain, '^www\.', '') and a.status not in ('removing', 'removed')
            join websites b on b.domain = 'www.' || a.domain and b.status not in ('removing', 'removed') and b.customer_id = a.customer_id
            left join servers sa on sa.id = a.server_id
            left join servers sb on sb.id = b.server_id
            where given.id = @websiteId and given.id in (a.id, b.id)
            """,
            new { websiteId }
        );

    /// <summary>
    /// All names of the one are the other's, and so is its hosting; what is left of it is removed after the grace, under a name that nobody
    /// can resolve. Both are locked. Their nodes are to hear of it: the merged one's first, or the other's would find the names taken.
    /// </summary>
    /// <param name="leftover">Primary name of what is left.</param>
    public static Task Run(NpgsqlTransaction transaction, OverlappingSites pair, string leftover, TimeSpan grace) =>
        transaction.Connection!.ExecuteAsync(
            """
            update hostnames
            set website_id = @KeptId, role = case role when 'primary' then 'alias' else role end
            where website_id = @MergedId;

            insert into hostnames (name, website_id, role) values (@leftover, @MergedId, 'primary');

            update websites kept
            set plan = (
                    select p.code from products p join websites w on w.plan = p.code
                    where w.id in (@KeptId, @MergedId) order by p.rank desc, w.id = @KeptId desc limit 1
                ), updated_at = now()
            where kept.id = @KeptId;

            update websites set domain = @leftover, status = 'removing', remove_after = now() + @grace, updated_at = now()
            where id = @MergedId;

            update subscriptions set website_id = @KeptId, updated_at = now() where website_id = @MergedId;
            """,
            new
            {
                pair.KeptId,
                pair.MergedId,
                leftover,
                grace,
            },
            transaction
        );
}
