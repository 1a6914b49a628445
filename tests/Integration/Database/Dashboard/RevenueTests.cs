using Dapper;
using MPanel.Database;
using MPanel.Database.Dashboard;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Dashboard;

/// <summary>The days of revenue that the database adds up by itself, whatever writes invoices.</summary>
public sealed class RevenueTests : IAsyncLifetime
{
    private NpgsqlDataSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _source = Db.Open(await (await PostgresCluster.Shared).CreateDatabase(), "test");
        await Execute("insert into invoice_series (series) values ('T')");
    }

    public async ValueTask DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task Insert_OfManyInOneStatement_AddsEachToItsDayAndCurrency()
    {
        await Insert(
            (1, "USD", "2026-03-01 23:59Z", "paid"),
            (2, "USD", "2026-03-02 00:00Z", "paid"),
            (3, "EUR", "2026-03-02 12:00Z", "paid")
        );
        await Insert(
            (4, "USD", "2026-03-02 10:00Z", "paid"),
            (5, "USD", "2026-03-02 10:00Z", "open"),
            (6, "USD", "2026-03-02 10:00Z", "draft")
        );

        // What is issued counts, paid or not.
        Assert.Equal(["2026-03-01 USD 1.000 1", "2026-03-02 EUR 3.000 1", "2026-03-02 USD 11.000 3"], await Days());
    }

    [Fact]
    public async Task Update_OfAStatus_LeavesTheDayOfIssueAndBooksWriteOffsOnTheirOwn()
    {
        await Insert(
            (10, "USD", "2026-03-01 12:00Z", "paid"),
            (20, "USD", "2026-03-01 12:00Z", "paid"),
            (40, "USD", "2026-03-02 12:00Z", "open")
        );

        await Execute(Transitions.Free);
        // What goes back counts on its own day, by its credit note.
        await Execute("update invoices set status = 'refunded', settled = 0, credited = 10 where total = 10");
        await Execute("update invoices set status = 'partially_refunded', settled = 15, credited = 5 where total = 20");
        Assert.Equal(["2026-03-01 USD 30.000 2", "2026-03-02 USD 40.000 1"], await Days());
        await Execute(
            """
            insert into credit_notes (invoice_id, series, number, issued_on, currency, net, tax, total, reason, source)
            select id, 'T', id, '2026-03-04', currency, credited, 0, credited, 'test', 'test:' || id from invoices where credited > 0
            """
        );
        Assert.Equal(["2026-03-01 USD 30.000 2", "2026-03-02 USD 40.000 1", "2026-03-04 USD -15.000 0"], await Days());

        // Written off on its own day, and back on the day on which a part is paid after all.
        await Execute("update invoices set status = 'uncollectible', written_off = 40, written_off_on = '2026-03-05' where total = 40");
        Assert.Equal(
            ["2026-03-01 USD 30.000 2", "2026-03-02 USD 40.000 1", "2026-03-04 USD -15.000 0", "2026-03-05 USD -40.000 0"],
            await Days()
        );
        await Execute("update invoices set settled = 30, written_off = 10, written_off_on = '2026-03-06' where total = 40");
        await Execute(
            """
            update invoices
            set status = 'paid', settled = 40, written_off = 0, written_off_on = '2026-03-07', paid_at = '2026-03-07 12:00Z' where total = 40
            """
        );
        Assert.Equal(
            [
                "2026-03-01 USD 30.000 2",
                "2026-03-02 USD 40.000 1",
                "2026-03-04 USD -15.000 0",
                "2026-03-05 USD -40.000 0",
                "2026-03-06 USD 30.000 0",
                "2026-03-07 USD 10.000 0",
            ],
            await Days()
        );
    }

    [Fact]
    public async Task Insert_ByManyAtOnceOfTheSameDaysInAnyOrder_LosesNothingAndNobodyWaitsForever()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async n =>
                {
                    string[] currencies = n % 2 == 0 ? ["USD", "EUR", "GBP"] : ["GBP", "EUR", "USD"];
                    for (var round = 0; round < 5; round++)
                        await Insert([.. currencies.Select(c => (1m, c, $"2026-03-0{1 + (n + round) % 3} 12:00Z", "paid"))]);
                })
        );

        Assert.Equal(240, await Scalar("select sum(invoices) from revenue_days"));
        Assert.Equal(
            0,
            await Scalar(
                """
                select count(*) from (
                    select (paid_at at time zone 'UTC')::date as day, currency, sum(total) as amount, count(*) as invoices from invoices group by 1, 2
                    except select day, currency, amount, invoices from revenue_days
                ) wrong
                """
            )
        );
    }

    [Fact]
    public async Task Days_OfACurrency_HaveZerosWhereNothingWasEarned()
    {
        await Execute(
            """
            insert into revenue_days (day, currency, amount, invoices)
            values ((now() at time zone 'UTC')::date, 'USD', 5, 1), ((now() at time zone 'UTC')::date - 29, 'USD', 7, 2),
                   ((now() at time zone 'UTC')::date - 30, 'USD', 11, 3), ((now() at time zone 'UTC')::date, 'EUR', 13, 1)
            """
        );
        await using var db = await _source.OpenConnectionAsync();

        var days = await Revenue.Days(db, "USD", 30);
        var currencies = (await Revenue.ByCurrency(db)).ToList();

        Assert.Equal(30, days.Count);
        Assert.Equal((7m, 2), (days[0].Amount, days[0].Invoices));
        Assert.Equal((5m, 1), (days[^1].Amount, days[^1].Invoices));
        Assert.All(days.Skip(1).SkipLast(1), d => Assert.Equal(0, d.Amount));
        Assert.Equal([new("EUR", 13, 13), new CurrencyRevenue("USD", 12, 23)], currencies);
    }

    /// <summary>Each of an order of its own, and all invoices in one statement.</summary>
    private async Task Insert(params (decimal Total, string Currency, string Paid, string Status)[] invoices)
    {
        await using var db = await _source.OpenConnectionAsync();
        var orders = (
            await db.QueryAsync<long>(
                """
                with intake as (
                    insert into order_intakes (stripe_payment_intent_id, body_digest, body, status, correlation_id)
                    select 'pi_' || gen_random_uuid(), decode(repeat('00', 32), 'hex'), '{}', 'completed', 'test'
                    from generate_series(1, @count)
                    returning id, reference, stripe_payment_intent_id as payment
                ), payment as (
                    insert into payments (intake_id, stripe_payment_intent_id, status, amount, currency, livemode)
                    select id, payment, 'succeeded', 10, 'USD', false from intake returning id, intake_id
                ), customer as (
                    insert into customers (email, normalized_email, name)
                    select key, key, 'Client' from (select gen_random_uuid() || '@example.net' as key) k returning id
                )
                insert into orders (intake_id, reference, customer_id, payment_id, status, currency, total, primary_domain)
                select intake.id, intake.reference, customer.id, payment.id, 'paid', 'USD', 10, 'site.example'
                from intake join payment on payment.intake_id = intake.id cross join customer
                returning id
                """,
                new { count = invoices.Length }
            )
        ).ToArray();
        await db.ExecuteAsync(
            """
            insert into invoices (order_id, customer_id, payment_id, series, number, status, currency, total, buyer_name, buyer_email,
                issued_at, paid_at, issued_on, due_on, net, settled)
            select o.id, o.customer_id, o.payment_id, case when i.status <> 'draft' then 'T' end, case when i.status <> 'draft' then o.id end,
                i.status, i.currency, i.total, 'Client', 'client@example.net', case when i.status <> 'draft' then i.paid::timestamptz end,
                i.paid::timestamptz, case when i.status <> 'draft' then i.paid::date end, case when i.status <> 'draft' then i.paid::date end,
                i.total, case when i.status = 'paid' then i.total else 0 end
            from unnest(@orders, @totals, @currencies, @paid, @statuses) i (order_id, total, currency, paid, status)
            join orders o on o.id = i.order_id
            """,
            new
            {
                orders,
                totals = invoices.Select(i => i.Total).ToArray(),
                currencies = invoices.Select(i => i.Currency).ToArray(),
                paid = invoices.Select(i => i.Paid).ToArray(),
                statuses = invoices.Select(i => i.Status).ToArray(),
            }
        );
    }

    private async Task<string[]> Days()
    {
        await using var db = await _source.OpenConnectionAsync();
        return
        [
            .. await db.QueryAsync<string>(
                "select day || ' ' || currency || ' ' || amount || ' ' || invoices from revenue_days order by 1"
            ),
        ];
    }

    private async Task Execute(string sql)
    {
        await using var db = await _source.OpenConnectionAsync();
        await db.ExecuteAsync(sql);
    }

    private async Task<long> Scalar(string sql)
    {
        await using var db = await _source.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>(sql);
    }
}
