using Dapper;
using Npgsql;

namespace MPanel.Database.Orders;

public static class OrderPolicy
{
    /// <summary>Whether this installation took orders before payments named the order they were made for.</summary>
    public static Task<bool> AcceptsUnbound(NpgsqlConnection db) => db.QuerySingleAsync<bool>("select accept_unbound from order_policy");
}
