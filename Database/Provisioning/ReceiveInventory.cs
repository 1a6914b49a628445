using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>A part of what a node says that stands on it, in columns of equal length.</summary>
/// <param name="Run">Names the look; all its parts carry it.</param>
/// <param name="Last">No more parts follow.</param>
/// <param name="Hashes">As the nodes keep it; empty for what they only found.</param>
/// <param name="Problems">How what stands differs from what the node was told, for people; null where it doesn't.</param>
public sealed record InventoryPart(Guid Run, bool Last, string[] Kinds, long[] Ids, long[] Revisions, string[] Hashes, string?[] Problems);

public static class ReceiveInventory
{
    // An agent looks, then tells: what was applied meanwhile is not what it saw.
    private const string Settled = """
        p.applied_at < now() - interval '2 minutes'
        and not exists (select from provisioning_tasks t where t.placement_id = p.id and t.status = 'pending')
        and not exists (select from provisioning_tasks t where t.placement_id = p.id and t.status = 'in_progress')
        """;

    /// <summary>
    /// Compares a part with what shall stand on the server, and notes the difference at each placement. What nobody here knows of is kept as an
    /// orphan. After the last part, what no part named isn't there. Nothing is mended by this. The same part again changes nothing.
    /// </summary>
    /// <returns>Websites of the part of which the server shall say what it keeps.</returns>
    public static async Task<long[]> Run(NpgsqlConnection db, long serverId, InventoryPart part)
    {
        await using var transaction = await db.BeginTransactionAsync();
        await db.ExecuteAsync(
            $"""
            insert into server_inventories as i (server_id, run, items) values (@serverId, @Run, cardinality(@Ids))
            on conflict (server_id) do update
            set run = excluded.run, begun_at = case when i.run = excluded.run then i.begun_at else now() end, finished_at = null,
                items = case when i.run = excluded.run then i.items else 0 end + excluded.items;

            with said as (
                select * from unnest(@Kinds, @Ids, @Revisions, @Hashes, @Problems) as s (kind, id, revision, hash, problem)
            ), here as (
                select p.id as placement_id, said.*, p.revision as wanted, p.applied_revision, p.applied_hash, p.condition_code, p.condition_text,
                       -- What it did not let us write stands there until a person decides, or it has what was applied after all.
                       p.condition = 'ahead' and p.condition_code <> 'node_ahead' and hash <> '' and hash is distinct from p.applied_hash as refused,
                       {Settled} as settled
                from said join placements p on p.kind = said.kind and p.subject_id = said.id and p.server_id = @serverId and p.role = 'serving'
                where p.desired = 'present'
            ), judged as (
                select placement_id, settled,
                    case
                        when refused or revision > wanted then 'ahead'
                        when problem is not null then 'drifted'
                        when revision <> applied_revision or hash <> applied_hash then 'drifted'
                        else 'ok'
                    end as condition,
                    case when refused then condition_code when revision > wanted then 'node_ahead' else 'drifted' end as code,
                    case
                        when refused then condition_text
                        when revision > wanted then 'It has revision ' || revision || ', and ' || wanted || ' is the latest here.'
                        when problem is not null then problem
                        when revision <> applied_revision then 'It has revision ' || revision || ', and ' || applied_revision || ' was applied.'
                        when hash <> applied_hash then 'It has something else than what was applied as revision ' || revision || '.'
                    end as text
                from here
            ), noted as (
                update placements p
                set inventory_run = @Run,
                    -- What can't be brought about is known to be so, and says why.
                    condition = case when judged.settled and p.condition <> 'broken' then judged.condition else p.condition end,
                    condition_code = case when judged.settled and p.condition <> 'broken' then
                        case when judged.condition <> 'ok' then judged.code end else p.condition_code end,
                    condition_text = case when judged.settled and p.condition <> 'broken' then judged.text else p.condition_text end,
                    condition_at = case when judged.settled and p.condition not in ('broken', judged.condition) then now() else p.condition_at end
                from judged where p.id = judged.placement_id
            )
            insert into server_orphans as o (server_id, kind, subject_id, problem, run)
            select @serverId, said.kind, said.id, coalesce(said.problem, 'It stands there, and this panel has it elsewhere or not at all.'), @Run
            from said
            where not exists (
                select from placements p
                where p.kind = said.kind and p.subject_id = said.id and p.server_id = @serverId
                  and (p.desired = 'present' or p.applied_revision < p.revision)
            )
            on conflict (server_id, kind, subject_id) do update set problem = excluded.problem, run = excluded.run;
            """,
            new
            {
                serverId,
                part.Run,
                part.Kinds,
                part.Ids,
                part.Revisions,
                part.Hashes,
                part.Problems,
            },
            transaction
        );
        if (part.Last)
            await End(transaction, serverId, part.Run);
        var ahead = await KeptSpec.Wanted(transaction, serverId, part);
        await transaction.CommitAsync();
        return ahead;
    }

    private static Task<int> End(NpgsqlTransaction transaction, long serverId, Guid run) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            update placements p
            set condition = 'drifted', condition_code = 'missing', condition_text = 'It is not there.',
                condition_at = case when p.condition = 'drifted' then p.condition_at else now() end
            where p.server_id = @serverId and p.role = 'serving' and p.desired = 'present' and p.applied_revision > 0
              and p.inventory_run is distinct from @run and p.condition <> 'broken' and {Settled};

            delete from server_orphans where server_id = @serverId and run <> @run;

            update server_inventories set finished_at = now() where server_id = @serverId and run = @run;
            """,
            new { serverId, run },
            transaction
        );
}
