using Dapper;
using MPanel.Database.Domains;
using MPanel.Database.Lists;
using Npgsql;

namespace MPanel.Database.Provisioning;

/// <param name="Like">Pattern for the domain; null for all.</param>
/// <param name="Server">Name; null for all.</param>
/// <param name="Website">Id; null for all.</param>
/// <param name="Order">Reference; null for all.</param>
public sealed record TaskFilter(
    string? Like = null,
    string? Status = null,
    string? Type = null,
    string? Server = null,
    long? Website = null,
    string? Order = null
);

public static class TaskList
{
    public static readonly IReadOnlyList<SortColumn> Sorts = [new("created", "t.id", "bigint"), new("domain", "t.domain", "text")];

    private const string Matching = """
        from provisioning_tasks t
        where (@Like::text is null or t.domain ilike @Like)
          and (@Names::text[] is null or t.domain = any(@Names))
          and (@Status::text is null or t.status = @Status)
          and (@Type::text is null or t.type = @Type)
          and (@Server::text is null or t.server_id = @ServerId)
          -- All of a website are on its domain.
          and (@Website::bigint is null or (t.domain = @Domain and t.website_id = @Website))
          and (@Order::text is null or t.order_id = @OrderId)
        """;

    /// <summary>The slice is cut first, and only what is in it is joined with everything that says what a task waits for.</summary>
    public static async Task<Slice<TaskFacts>> Read(NpgsqlConnection db, TaskFilter filter, SliceRequest slice) =>
        await slice.Read<TaskFacts>(
            db,
            "t.id",
            $$"""
            with picked as materialized (
                select t.id, ({sort})::text as sort_key, row_number() over (order by {order}) as place
                {{Matching}}
                  and {after}
                order by {order}
                limit @limit
            )
            select f.*, p.sort_key
            from picked p cross join lateral (select * from provisioning_task_facts where id = p.id) f
            order by p.place
            """,
            await Resolve(db, filter)
        );

    public static async Task<ListTotal> Count(NpgsqlConnection db, TaskFilter filter) =>
        await ListTotal.Of(db, $"select count(*) from (select 1 {Matching} limit @bound) counted", await Resolve(db, filter));

    /// <summary>An order's tasks in the order they were created.</summary>
    public static Task<IEnumerable<TaskFacts>> OfOrder(NpgsqlConnection db, long orderId) =>
        db.QueryAsync<TaskFacts>(
            "select *, '' as sort_key from provisioning_task_facts where order_id = @orderId order by id",
            new { orderId }
        );

    public static Task<TaskFacts?> One(NpgsqlConnection db, long id) =>
        db.QuerySingleOrDefaultAsync<TaskFacts>("select *, '' as sort_key from provisioning_task_facts where id = @id", new { id });

    /// <summary>What has waited longest, in the order it would be done if nothing stood in the way.</summary>
    public static Task<IEnumerable<TaskFacts>> OldestWaiting(NpgsqlConnection db, int limit) =>
        db.QueryAsync<TaskFacts>(
            """
            with picked as materialized (
                select id from provisioning_tasks where status = 'pending' order by id limit @limit
            )
            select f.*, '' as sort_key
            from picked p cross join lateral (select * from provisioning_task_facts where id = p.id) f
            order by f.id
            """,
            new { limit }
        );

    /// <summary>
    /// Names become ids before the list is planned: whether a server has many tasks or none decides the plan, and of a name that is
    /// still to be looked up the planner knows nothing.
    /// </summary>
    private static async Task<object> Resolve(NpgsqlConnection db, TaskFilter filter)
    {
        long? serverId = filter.Server is null
            ? null
            : await db.ExecuteScalarAsync<long?>("select id from servers where name = @Server", filter) ?? 0;
        long? orderId = filter.Order is null
            ? null
            : await db.ExecuteScalarAsync<long?>("select id from orders where reference = @Order", filter) ?? 0;
        var domain = filter.Website is null
            ? null
            : await db.ExecuteScalarAsync<string?>("select domain from websites where id = @Website", filter) ?? "";
        var names = await NamesLike.Of(db, filter.Like);
        return new
        {
            names.Like,
            names.Names,
            filter.Status,
            filter.Type,
            filter.Server,
            ServerId = serverId,
            filter.Website,
            Domain = domain,
            filter.Order,
            OrderId = orderId,
        };
    }
}
