using Dapper;
using MPanel.Database;
using MPanel.Jobs.Orders;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Release1;

/// <summary>The panel on what release 1 left behind: it goes on where release 1 was killed.</summary>
public sealed class Release1UpgradeTests
{
    private const int InFlight = 103;

    [Fact]
    public async Task Panel_OnTheMigratedDump_FinishesWhatWasInFlightAndLeavesWhatStopped()
    {
        await using var stripe = await StripeSimulation.Start();
        var connectionString = await Release1Dump.Load();
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await Migrator.Run(dataSource);
        await using var db = await dataSource.OpenConnectionAsync();
        await Pay(stripe, db);
        var (stopped, over) = (await Stopped(db), await Over(db));

        await using var panel = await PanelServer.Start(connectionString, stripe: stripe);
        await Wait.Until(
            () => db.ExecuteScalarAsync<bool>("select not exists (select from outbox where state in ('ready', 'running', 'waiting'))"),
            "the orders in flight to be done",
            () => string.Join('\n', NotDone(dataSource))
        );

        Assert.Equal(stopped, await Stopped(db));
        Assert.Equal(over, (await Over(db)).Where(line => over.Contains(line)));
        Assert.Equal(
            ["completed 148", "needs_review 24", "rejected 5"],
            await db.QueryAsync<string>("select status || ' ' || count(*) from order_intakes group by status order by 1")
        );
        Assert.Equal(
            ["cancelled 5", $"done {InFlight + 6}", "stopped 24"],
            await db.QueryAsync<string>("select state || ' ' || count(*) from outbox group by state order by 1")
        );
        await OneOfEach(db);
        await Wait.Until(
            async () =>
                await db.ExecuteScalarAsync<bool>(
                    """
                    select (select count(*) from outbox where hangfire_id is not null) = (select count(*) from outbox where state in ('done', 'stopped')) - 6
                       and not exists (select from outbox where shown < step)
                       and (select count(*) from hangfire.job where statename = 'Failed' and invocationdata ->> 'Type' like '%.OutboxJob,%') = 24
                    """
                ),
            "the dashboard to show them"
        );
    }

    /// <summary>Stripe knows the payments of what is in flight.</summary>
    private static async Task Pay(StripeSimulation stripe, NpgsqlConnection db)
    {
        var orders = await db.QueryAsync<(string Payment, string Body)>(
            """
            select i.stripe_payment_intent_id, i.body::text from order_intakes i join outbox o on o.key = 'order:' || i.id
            where o.state in ('ready', 'waiting')
            """
        );
        foreach (var (payment, json) in orders)
        {
            var body = OrderBody.FromJson(json);
            await stripe.Payment(payment, (long)(body.Total * 100), body.Currency.ToLowerInvariant());
        }
    }

    /// <summary>Nothing was made twice for what was begun before.</summary>
    private static async Task OneOfEach(NpgsqlConnection db) =>
        Assert.Equal(
            [],
            await db.QueryAsync<string>(
                """
                select i.reference || ' has ' || count(distinct p.id) || ' payments, ' || count(distinct o.id) || ' orders, '
                    || count(distinct v.id) || ' invoices'
                from order_intakes i
                left join payments p on p.intake_id = i.id left join orders o on o.intake_id = i.id left join invoices v on v.order_id = o.id
                where i.status = 'completed'
                group by i.id having (count(distinct p.id), count(distinct o.id), count(distinct v.id)) <> (1, 1, 1)
                union all
                select 'item ' || i.id || ' has ' || count(s.id) || ' subscriptions'
                from order_items i join subscriptions s on s.order_item_id = i.id group by i.id having count(s.id) > 1
                union all
                select i.reference || ' has not one line of ' || e.step
                from order_intakes i cross join unnest(array['payment', 'customer', 'order', 'subscriptions', 'invoice', 'tasks']) e (step)
                where i.status = 'completed' and 1 <> (
                    select count(*) from timeline t where t.subject_kind = 'intake' and t.subject_id = i.id and t.step = e.step and t.outcome = 'done' and t.task_id is null)
                """
            )
        );

    private static async Task<List<string>> Stopped(NpgsqlConnection db) =>
        (
            await db.QueryAsync<string>(
                """
                select concat_ws(' ', o.title, o.step, o.code, o.reason, o.updated_at, i.status, i.reason_code)
                from outbox o join order_intakes i on i.id = o.subject_id
                where o.state = 'stopped' order by o.id
                """
            )
        ).AsList();

    private static async Task<List<string>> Over(NpgsqlConnection db) =>
        (
            await db.QueryAsync<string>(
                "select concat_ws(' ', title, state, step, done_at, updated_at) from outbox where done_at is not null order by id"
            )
        ).AsList();

    private static IEnumerable<string> NotDone(NpgsqlDataSource dataSource)
    {
        using var db = dataSource.OpenConnection();
        return db.Query<string>(
            "select concat_ws(' ', title, state, step, due_at, code, reason) from outbox where state in ('ready', 'running', 'waiting')"
        );
    }
}
