using Dapper;
using Npgsql;

namespace MPanel.Database.Websites;

/// <summary>A name that a website answers to, or redirects.</summary>
/// <param name="Role">One of <see cref="HostnameRole"/>.</param>
/// <param name="Target">Of a redirect: where to; otherwise null.</param>
/// <param name="Code">Of a redirect: 301, 302 or 308; otherwise null.</param>
public sealed record Hostname(string Name, string Role, string? Target, short? Code);

/// <summary>Whose a name is already.</summary>
/// <param name="Domain">Primary name of that website.</param>
public sealed record HostnameOwner(long WebsiteId, string Domain, long CustomerId);

public static class HostnameRole
{
    public const string Primary = "primary";
    public const string Alias = "alias";
    public const string Redirect = "redirect";
}

/// <summary>Names of websites, each once over all servers.</summary>
public static class Hostnames
{
    /// <summary>The primary one first.</summary>
    public static async Task<IReadOnlyList<Hostname>> Of(NpgsqlConnection db, long websiteId) =>
        (
            await db.QueryAsync<Hostname>(
                """
                select name, role, target, code from hostnames where website_id = @websiteId
                order by role <> 'primary', role, name collate "C"
                """,
                new { websiteId }
            )
        ).AsList();

    /// <summary>Null for a name that no website has.</summary>
    public static Task<HostnameOwner?> OwnerOf(NpgsqlConnection db, string name) =>
        db.QuerySingleOrDefaultAsync<HostnameOwner>(
            """
            select w.id as website_id, w.domain, w.customer_id from hostnames h join websites w on w.id = h.website_id where h.name = @name
            """,
            new { name }
        );

    /// <summary>The hosts, itself included, that redirects lead a visitor of this one to; bounded, and ends where one is met again.</summary>
    public static async Task<IReadOnlyList<string>> Journey(NpgsqlConnection db, string host) =>
        (
            await db.QueryAsync<string>(
                """
                with recursive journey (host, step) as (
                    select @host, 1
                    union
                    select lower(substring(h.target from '^https?://([^/:?#]+)')), j.step + 1
                    from journey j join hostnames h on h.role = 'redirect' and h.name = j.host
                    where j.step < 20
                )
                select distinct host from journey
                """,
                new { host }
            )
        ).AsList();

    /// <returns>False when a website has the name already.</returns>
    public static async Task<bool> Add(NpgsqlTransaction transaction, long websiteId, Hostname name) =>
        await transaction.Connection!.ExecuteAsync(
            """
            insert into hostnames (name, website_id, role, target, code) values (@Name, @websiteId, @Role, @Target, @Code)
            on conflict (name) do nothing
            """,
            new
            {
                websiteId,
                name.Name,
                name.Role,
                name.Target,
                name.Code,
            },
            transaction
        ) == 1;

    /// <returns>False when the website has no such name besides its primary one.</returns>
    public static async Task<bool> Remove(NpgsqlTransaction transaction, long websiteId, string name) =>
        await transaction.Connection!.ExecuteAsync(
            "delete from hostnames where website_id = @websiteId and name = @name and role <> 'primary'",
            new { websiteId, name },
            transaction
        ) == 1;

    /// <summary>Just these are its names from now on, and the primary one is its domain.</summary>
    /// <returns>The first of them that another website has; then the transaction is to be given up. Null when it has all of them.</returns>
    public static Task<string?> Replace(NpgsqlTransaction transaction, long websiteId, IReadOnlyCollection<Hostname> names) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<string?>(
            """
            delete from hostnames where website_id = @websiteId and name <> all (@names);

            -- It has one primary name at every moment, or none.
            update hostnames set role = 'alias', target = null, code = null where website_id = @websiteId;

            insert into hostnames as h (name, website_id, role, target, code)
            select wanted.name, @websiteId, wanted.role, wanted.target, wanted.code
            from unnest(@names, @roles, @targets, @codes) as wanted (name, role, target, code)
            on conflict (name) do update
            set role = excluded.role, target = excluded.target, code = excluded.code where h.website_id = excluded.website_id;

            update websites w set domain = h.name, updated_at = now()
            from hostnames h where w.id = @websiteId and h.website_id = w.id and h.role = 'primary';

            select name from hostnames where name = any (@names) and website_id <> @websiteId order by name limit 1
            """,
            new
            {
                websiteId,
                names = names.Select(n => n.Name).ToArray(),
                roles = names.Select(n => n.Role).ToArray(),
                targets = names.Select(n => n.Target).ToArray(),
                codes = names.Select(n => n.Code).ToArray(),
            },
            transaction
        );

    /// <summary>One of its names becomes the primary one; the one before redirects to it, or stays as another name.</summary>
    /// <param name="redirect">Where the one before redirects to; null to keep it as another name.</param>
    public static async Task MakePrimary(NpgsqlTransaction transaction, long websiteId, string name, string? redirect)
    {
        var db = transaction.Connection!;
        await db.ExecuteAsync(
            """
            update hostnames
            set role = case when @redirect::text is null then 'alias' else 'redirect' end, target = @redirect,
                code = case when @redirect::text is not null then 301 end
            where website_id = @websiteId and role = 'primary'
            """,
            new { websiteId, redirect },
            transaction
        );
        await db.ExecuteAsync(
            "update hostnames set role = 'primary', target = null, code = null where website_id = @websiteId and name = @name",
            new { websiteId, name },
            transaction
        );
        await db.ExecuteAsync(
            "update websites set domain = @name, updated_at = now() where id = @websiteId",
            new { websiteId, name },
            transaction
        );
    }
}
