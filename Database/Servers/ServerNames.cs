using Dapper;
using Npgsql;

namespace MPanel.Database.Servers;

public static class ServerNames
{
    /// <summary>Whether a server that is a domain name is called so, or by a name above or below it.</summary>
    /// <param name="domain">Lower-case ASCII.</param>
    public static Task<bool> Near(NpgsqlTransaction transaction, string domain) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            """
            select exists (
                select from servers
                where strpos(name, '.') > 0
                  and (lower(name) = @domain or right(lower(name), length(@domain) + 1) = '.' || @domain
                    or right(@domain, length(name) + 1) = '.' || lower(name))
            )
            """,
            new { domain },
            transaction
        );
}
