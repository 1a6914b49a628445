using Dapper;
using Npgsql;

namespace MPanel.Database.Domains;

public static class NodeNames
{
    /// <summary>Servers whose name is a host name.</summary>
    public static async Task<IReadOnlyList<string>> All(NpgsqlConnection db, NpgsqlTransaction? transaction = null) =>
        (await db.QueryAsync<string>("select lower(name) from servers where name like '%.%'", transaction: transaction)).AsList();
}
