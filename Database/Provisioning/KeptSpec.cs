using Dapper;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <summary>What a server says that it keeps, in columns of equal length.</summary>
/// <param name="Ids">Of websites.</param>
/// <param name="Specs">JSON of the contract's records.</param>
public sealed record SaidSpecs(long[] Ids, long[] Revisions, string[] Hashes, string[] Specs);

/// <summary>What a website's server has of it, where this panel may not overwrite that.</summary>
/// <param name="Spec">JSON of the contract's record.</param>
public sealed record KeptSpec(string Spec, long Revision, string Hash, DateTimeOffset SaidAt)
{
    /// <summary>Null while its server has not said it, and for a website that may be written.</summary>
    public static Task<KeptSpec?> Of(NpgsqlConnection db, long websiteId) =>
        db.QuerySingleOrDefaultAsync<KeptSpec>(
            $"""
            select k.spec, k.revision, k.hash, k.said_at
            from placements p join kept_specs k on k.placement_id = p.id and k.server_id = p.server_id
            where {PlacementTask.OfWebsite("p")} and p.condition = 'ahead'
            """,
            new { websiteId }
        );

    /// <summary>JSON of the contract's record: what this panel has of a website. Null for one that nothing was ever asked of a server for.</summary>
    public static Task<string?> Wanted(NpgsqlConnection db, long websiteId) =>
        db.QuerySingleOrDefaultAsync<string?>(
            $"""
            select p.spec || jsonb_build_object('revision', p.revision) from placements p where {PlacementTask.OfWebsite("p")}
            """,
            new { websiteId }
        );

    /// <summary>Keeps what a server was asked for. Of what it was not asked for, nothing is kept.</summary>
    /// <returns>How many were kept.</returns>
    public static Task<int> Receive(NpgsqlConnection db, long serverId, SaidSpecs said) =>
        db.ExecuteAsync(
            """
            insert into kept_specs (placement_id, server_id, spec, revision, hash)
            select p.id, @serverId, said.spec::jsonb, said.revision, said.hash
            from unnest(@Ids, @Revisions, @Hashes, @Specs) as said (id, revision, hash, spec)
            join placements p on p.kind = 'hosting' and p.subject_id = said.id and p.server_id = @serverId and p.role = 'serving'
            where p.condition = 'ahead'
            on conflict (placement_id) do update
            set server_id = excluded.server_id, spec = excluded.spec, revision = excluded.revision, hash = excluded.hash, said_at = now()
            """,
            new
            {
                serverId,
                said.Ids,
                said.Revisions,
                said.Hashes,
                said.Specs,
            }
        );

    /// <summary>Of a part of a look: the websites of which the server has something else than it has said so far.</summary>
    internal static async Task<long[]> Wanted(NpgsqlTransaction transaction, long serverId, InventoryPart part) =>
        [
            .. await transaction.Connection!.QueryAsync<long>(
                """
                select p.subject_id
                from unnest(@Kinds, @Ids, @Revisions, @Hashes) as said (kind, id, revision, hash)
                join placements p on p.kind = said.kind and p.subject_id = said.id and p.server_id = @serverId and p.role = 'serving'
                where p.kind = 'hosting' and p.condition = 'ahead' and said.revision > 0
                  and not exists (
                      select from kept_specs k where k.placement_id = p.id and k.server_id = @serverId and k.hash = said.hash
                  )
                order by p.subject_id
                """,
                new
                {
                    serverId,
                    part.Kinds,
                    part.Ids,
                    part.Revisions,
                    part.Hashes,
                },
                transaction
            ),
        ];
}
