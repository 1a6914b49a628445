using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

/// <summary>What people decide about a server.</summary>
/// <param name="Roles">At least one, each once.</param>
/// <param name="Address">IP address.</param>
/// <param name="WebsiteCapacity">0 or more.</param>
public sealed record ServerSettings(string Name, string[] Roles, string Address, string[] Tags, int WebsiteCapacity);

/// <summary>How saving ended.</summary>
public enum ServerSaved
{
    Saved,

    /// <summary>There is no such server.</summary>
    Unknown,

    /// <summary>Somebody else changed it meanwhile.</summary>
    Conflict,

    /// <summary>Another server has the name.</summary>
    NameTaken,

    /// <summary>It can't lose a role while websites are on it.</summary>
    InUse,

    /// <summary>It has left for good.</summary>
    Retired,
}

public static class EditServer
{
    /// <returns>The new server's id; null when another one has the name.</returns>
    public static Task<long?> Create(NpgsqlTransaction transaction, ServerSettings server) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<long?>(
            """
            insert into servers (name, roles, address, tags, website_capacity)
            values (@Name, @Roles, @Address::inet, @Tags, @WebsiteCapacity)
            on conflict (name) do nothing
            returning id
            """,
            server,
            transaction
        );

    /// <param name="version">The version that the change was made of.</param>
    public static async Task<ServerSaved> Save(NpgsqlTransaction transaction, long id, int version, ServerSettings server)
    {
        var db = transaction.Connection!;
        // The count stands in the locked row itself: a website that is being placed at this moment holds the lock until it is counted.
        var found = await db.QuerySingleOrDefaultAsync<(int Version, string[] Roles, bool InUse, bool Retired)?>(
            """
            select version, roles,
                   website_count > 0 or exists (select 1 from websites where server_id = @id and status <> 'removed') as in_use,
                   state = 'retired' as retired
            from servers where id = @id
            for no key update
            """,
            new { id },
            transaction
        );
        if (found is not { } current)
            return ServerSaved.Unknown;
        if (current.Retired)
            return ServerSaved.Retired;
        if (current.Version != version)
            return ServerSaved.Conflict;
        if (current.InUse && current.Roles.Except(server.Roles).Any())
            return ServerSaved.InUse;
        var saved = await db.ExecuteAsync(
            """
            update servers
            set name = @Name, roles = @Roles, address = @Address::inet, tags = @Tags, website_capacity = @WebsiteCapacity,
                version = version + 1, updated_at = now()
            where id = @id and version = @version
              and not exists (select 1 from servers other where other.name = @Name and other.id <> @id)
            """,
            new
            {
                id,
                version,
                server.Name,
                server.Roles,
                server.Address,
                server.Tags,
                server.WebsiteCapacity,
            },
            transaction
        );
        return saved == 1 ? ServerSaved.Saved : ServerSaved.NameTaken;
    }

    /// <summary>
    /// Takes it out of work, or into it again, when its agent is to be told after the commit. False, and nothing changed, when it is not
    /// in the state it is said to leave.
    /// </summary>
    public static async Task<bool> ChangeState(NpgsqlTransaction transaction, long id, string from, string to) =>
        await transaction.Connection!.ExecuteAsync(
            "update servers set state = @to, version = version + 1, updated_at = now() where id = @id and state = @from",
            new
            {
                id,
                from,
                to,
            },
            transaction
        ) == 1;
}
