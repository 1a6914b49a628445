using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <summary>A website as it stands while its row is locked: whoever changes it too waits until the transaction ends.</summary>
/// <param name="Domain">Its primary name.</param>
/// <param name="SuspendedFor">Every reason; empty while none holds.</param>
/// <param name="ServerRole">Of the servers that may have it, by its plan.</param>
/// <param name="Erasing">Its server is to erase it: it can't be had back.</param>
/// <param name="Stood">It stood on a server once, or something was begun there.</param>
public sealed record LockedWebsite(
    long Id,
    long CustomerId,
    string Domain,
    string Status,
    string[] SuspendedFor,
    string ServerRole,
    string[] ServerTags,
    bool Erasing,
    bool Stood
)
{
    public static async Task<LockedWebsite?> Take(NpgsqlTransaction transaction, long id)
    {
        await transaction.Connection!.ExecuteAsync("select from websites where id = @id for no key update", new { id }, transaction);
        return await transaction.Connection!.QuerySingleOrDefaultAsync<LockedWebsite>(
            """
            select w.id, w.customer_id, w.domain, w.status, w.suspended_for, coalesce(p.server_role, 'web') as server_role, p.server_tags,
                   exists (
                       select from placements g where g.kind = 'hosting' and g.subject_id = w.id and g.role = 'serving' and g.desired = 'absent'
                   ) as erasing,
                   w.activated_at is not null or exists (
                       select from provisioning_tasks t where t.website_id = w.id and t.type = 'hosting' and t.attempt > 0
                   ) as stood
            from websites w join products p on p.code = w.plan
            where w.id = @id
            """,
            new { id },
            transaction
        );
    }
}
