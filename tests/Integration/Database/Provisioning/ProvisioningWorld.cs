using Dapper;
using MPanel.Database;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Provisioning;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Provisioning;

public sealed record PaidOrder(long Id, long IntakeId, long CustomerId, string Reference, string Domain);

/// <summary>A database with paid orders, their tasks and the servers that do them.</summary>
public sealed class ProvisioningWorld : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan[] RetryDelays = [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)];
    private static int _counter;

    private readonly bool _owned;

    private ProvisioningWorld(NpgsqlDataSource dataSource, bool owned)
    {
        DataSource = dataSource;
        _owned = owned;
    }

    public NpgsqlDataSource DataSource { get; }

    public static async Task<ProvisioningWorld> Create() =>
        new(Db.Open(await (await PostgresCluster.Shared).CreateDatabase(), "test"), owned: true);

    /// <summary>In the database of a running panel.</summary>
    public static ProvisioningWorld Of(PanelServer panel) => new(panel.DataSource, owned: false);

    public async Task<long> Server(
        string? name = null,
        string role = "web",
        int capacity = 1000,
        string state = "active",
        string[]? tags = null,
        int count = 0
    ) =>
        await Scalar<long>(
            """
            insert into servers (name, roles, address, state, tags, website_capacity, website_count)
            values (@name, array[@role], '10.0.0.1', @state, @tags, @capacity, @count) returning id
            """,
            new
            {
                name = name ?? $"node-{Interlocked.Increment(ref _counter)}",
                role,
                state,
                tags = tags ?? [],
                capacity,
                count,
            }
        );

    /// <summary>Its agent's last heartbeat was some time ago.</summary>
    public Task Heard(long server, string silence, string? problem, params string[] can) =>
        Execute(
            """
            insert into server_heartbeats
                (server_id, received_at, agent_version, capabilities, free_slots, metrics, problem, unwell_since)
            values (@server, now() - @silence::interval, '1', @can, 1, '{}', @problem, case when @problem::text is not null then now() end)
            on conflict (server_id) do update
            set received_at = excluded.received_at, capabilities = excluded.capabilities, problem = excluded.problem,
                unwell_since = excluded.unwell_since
            """,
            new
            {
                server,
                silence,
                problem,
                can,
            }
        );

    /// <summary>Takes the servers that every new panel has out of the placement's choice.</summary>
    public Task WithoutSeededServers() => Execute("update servers set state = 'maintenance'");

    public async Task<PaidOrder> Order(string? domain = null)
    {
        var n = Interlocked.Increment(ref _counter);
        domain ??= $"site{n}.test";
        await using var db = await DataSource.OpenConnectionAsync();
        return await db.QuerySingleAsync<PaidOrder>(
            """
            with intake as (
                insert into order_intakes (stripe_payment_intent_id, body_digest, body, status, correlation_id)
                values ('pi_' || @n, decode(repeat('00', 32), 'hex'), '{}', 'completed', 'corr-' || @n) returning id, reference
            ), payment as (
                insert into payments (intake_id, stripe_payment_intent_id, status, amount, currency, livemode)
                select id, 'pi_' || @n, 'succeeded', 10, 'USD', false from intake returning id
            ), customer as (
                insert into customers (email, normalized_email, name)
                values (@n || '@example.net', @n || '@example.net', 'Client') returning id
            ), domain as (
                insert into domains (name, customer_id) select @domain, id from customer on conflict do nothing
            )
            insert into orders (intake_id, reference, customer_id, payment_id, status, currency, total, primary_domain)
            select intake.id, intake.reference, customer.id, payment.id, 'provisioning', 'USD', 10, @domain from intake, payment, customer
            returning id, intake_id, customer_id, reference, primary_domain as domain
            """,
            new { n = $"{n}", domain }
        );
    }

    public Task<long> Website(PaidOrder order, long? serverId, string plan = "starter", string status = "pending") =>
        Scalar<long>(
            """
            insert into websites (customer_id, domain, server_id, plan, status, suspended_for)
            values (@CustomerId, @Domain, @serverId, @plan, @status, case @status when 'suspended' then array['unpaid'] else '{}' end) returning id
            """,
            new
            {
                order.CustomerId,
                order.Domain,
                serverId,
                plan,
                status,
            }
        );

    /// <summary>A task of a subscription of its own.</summary>
    public async Task<long> Task(
        PaidOrder order,
        long? serverId,
        string type = "hosting",
        long? dependsOn = null,
        long? websiteId = null,
        string plan = "starter",
        string? domain = null,
        int maxAttempts = 5,
        string serverRole = "web",
        int priority = 100,
        string[]? tags = null
    ) =>
        await Scalar<long>(
            """
            with item as (
                insert into order_items
                    (order_id, position, product_id, description, billing_period, quantity, unit_price, amount)
                select @OrderId, (select count(*) + 1 from order_items where order_id = @OrderId), p.id, p.name, 'month', 1, 5, 5
                from products p where p.code = @plan
                returning id, product_id
            ), subscription as (
                insert into subscriptions (order_item_id, customer_id, product_id, status, billing_period, quantity, unit_price,
                                           currency, domain, current_period_start, current_period_end)
                select item.id, @CustomerId, item.product_id, 'pending', 'month', 1, 5, 'USD', @domain, now(), now() + interval '1 month'
                from item returning id
            )
            insert into provisioning_tasks (order_id, subscription_id, subject_kind, subject_id, type, action, domain, website_id,
                                            server_role, server_tags, server_id, depends_on, max_attempts, priority, payload, correlation_id)
            select @OrderId, subscription.id, 'subscription', subscription.id, @type, 'create', @domain, @websiteId, @serverRole, @tags, @serverId, @dependsOn,
                   @maxAttempts, @priority, jsonb_build_object('websiteId', @websiteId, 'domain', @domain, 'plan', @plan), 'corr-task'
            from subscription returning id
            """,
            new
            {
                OrderId = order.Id,
                order.CustomerId,
                domain = domain ?? order.Domain,
                serverId,
                type,
                dependsOn,
                websiteId,
                plan,
                maxAttempts,
                serverRole,
                priority,
                tags = tags ?? [],
            }
        );

    /// <summary>A hosting task of an order of its own.</summary>
    public async Task<long> HostingTask(long serverId, string? domain = null, int maxAttempts = 5)
    {
        var order = await Order(domain);
        return await Task(order, serverId, maxAttempts: maxAttempts);
    }

    public async Task<ClaimedTask?> Claim(long serverId, params string[] types)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return await ClaimTask.Run(db, serverId, types.Length == 0 ? ["hosting"] : types, Lease);
    }

    public async Task<CompletedTask> Complete(
        long taskId,
        long serverId,
        Guid leaseToken,
        bool succeeded = true,
        bool permanent = false,
        byte digest = 1
    )
    {
        await using var db = await DataSource.OpenConnectionAsync();
        var completion = succeeded
            ? new Completion(leaseToken, true, false, null, null, Digest(digest))
            : new Completion(leaseToken, false, permanent, "nginx_config_invalid", "nginx said no.", Digest(digest));
        return await CompleteTask.Run(db, taskId, serverId, completion, RetryDelays);
    }

    /// <summary>What follows from the task's success, as its job would do it.</summary>
    public async Task FollowUp(long taskId)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        await TaskKinds.Find((await TaskList.One(db, taskId))!.Type)!.FollowUp(transaction, taskId);
        await transaction.CommitAsync();
    }

    public static byte[] Digest(byte fill) => [.. Enumerable.Repeat(fill, 32)];

    public async Task<TaskFacts> Facts(long taskId)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return (await TaskList.One(db, taskId))!;
    }

    public Task<string> Status(long taskId) => Scalar<string>("select status from provisioning_tasks where id = @taskId", new { taskId });

    public async Task<string[]> Timeline(long orderId)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return
        [
            .. await db.QueryAsync<string>(
                """
                select l.step || ' ' || l.outcome from timeline l join orders o on o.intake_id = l.subject_id and l.subject_kind = 'intake'
                where o.id = @orderId order by l.id
                """,
                new { orderId }
            ),
        ];
    }

    /// <summary>Lets the lease of a task have run out a second ago.</summary>
    public Task ExpireLease(long taskId) =>
        Execute("update provisioning_tasks set lease_expires_at = now() - interval '1 second' where id = @taskId", new { taskId });

    /// <summary>Lets a task's wait for its next attempt be over.</summary>
    public Task EndBackoff(long taskId) =>
        Execute("update provisioning_tasks set available_at = now() - interval '1 second' where id = @taskId", new { taskId });

    public async Task<int> Reap()
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return (await ReapLeases.Run(db, 100)).Count();
    }

    public async Task Execute(string sql, object? parameters = null)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        await db.ExecuteAsync(sql, parameters);
    }

    public async Task<T> Scalar<T>(string sql, object? parameters = null)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return (await db.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async Task<string[]> Strings(string sql, object? parameters = null)
    {
        await using var db = await DataSource.OpenConnectionAsync();
        return [.. await db.QueryAsync<string>(sql, parameters)];
    }

    public ValueTask DisposeAsync() => _owned ? DataSource.DisposeAsync() : ValueTask.CompletedTask;
}
