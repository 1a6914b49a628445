using Dapper;
using MPanel.Database;
using MPanel.Database.Provisioning;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Release1;

/// <summary>How release 1's websites and hosting tasks become placements.</summary>
public sealed class Release1PlacementTests(Release1PlacementTests.Upgraded upgraded) : IClassFixture<Release1PlacementTests.Upgraded>
{
    /// <summary>The dump migrated whole, with four websites of known pasts in it.</summary>
    public sealed class Upgraded : IAsyncLifetime
    {
        public NpgsqlDataSource DataSource { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var connectionString = await Release1Dump.Load();
            DataSource = NpgsqlDataSource.Create(connectionString);
            await using var db = await DataSource.OpenConnectionAsync();
            await db.ExecuteAsync(
                """
                create table given (domain text primary key, website_id bigint);
                with source as (
                    select o.id as order_id, s.id as subscription_id, o.customer_id, (select id from servers order by id limit 1) as server_id
                    from orders o join order_items i on i.order_id = o.id join subscriptions s on s.order_item_id = i.id
                    order by o.id limit 1
                ), sites as (
                    insert into websites (customer_id, domain, server_id, plan, status)
                    select customer_id, v.domain, server_id, 'starter', v.status
                    from source cross join (values ('given-up.test', 'pending'), ('failed.test', 'pending'), ('upgrade.test', 'active'),
                        ('two.test', 'pending'), ('ends.test', 'active')) as v (domain, status)
                    returning id, domain
                )
                insert into given select domain, id from sites;
                -- One subscription stands for all of these here.
                drop index provisioning_tasks_one_open;
                create index provisioning_tasks_one_open on provisioning_tasks (subscription_id);
                insert into provisioning_tasks (order_id, subscription_id, type, action, domain, website_id, server_role, server_id, status, attempt,
                    attempts_spent, payload, correlation_id, last_error_code, last_error, finished_at)
                select o.id, (select s.id from subscriptions s join order_items i on i.id = s.order_item_id where i.order_id = o.id limit 1),
                    'hosting', 'create', g.domain, g.website_id, 'web', w.server_id, v.status, 0, 0,
                    jsonb_build_object('websiteId', g.website_id, 'domain', g.domain, 'plan', v.plan), 'corr', v.code, v.error,
                    case when v.status in ('success', 'failed', 'cancelled') then now() end
                from (values
                    (1, 'given-up.test', 'cancelled', 'starter', null, null),
                    (2, 'failed.test', 'failed', 'starter', 'user_taken', 'The user is taken.'),
                    (3, 'upgrade.test', 'success', 'starter', null, null),
                    (4, 'upgrade.test', 'pending', 'wp-growth', null, null),
                    (5, 'two.test', 'failed', 'starter', 'site_not_answering', 'It is silent.'),
                    (6, 'two.test', 'pending', 'starter', null, null),
                    (7, 'two.test', 'pending', 'business', null, null),
                    (8, 'ends.test', 'success', 'starter', null, null)) as v (n, domain, status, plan, code, error)
                join given g on g.domain = v.domain join websites w on w.id = g.website_id
                cross join (select o.id from orders o join order_items i on i.order_id = o.id join subscriptions s on s.order_item_id = i.id order by o.id limit 1) o
                order by v.n
                """
            );
            await Migrator.Run(DataSource);
        }

        public ValueTask DisposeAsync() => DataSource.DisposeAsync();
    }

    [Theory]
    [InlineData("given-up.test", "0 of 1 broken cancelled")]
    [InlineData("failed.test", "0 of 1 broken user_taken")]
    [InlineData("upgrade.test", "0 of 1 unknown")]
    [InlineData("two.test", "0 of 1 unknown")]
    [InlineData("ends.test", "0 of 1 unknown")]
    public async Task Placement_OfAWebsite_BeginsWithWhatIsKnown(string domain, string expected) =>
        Assert.Equal(
            [expected],
            await Read(
                """
                select concat_ws(' ', p.applied_revision || ' of ' || p.revision, p.condition, p.condition_code)
                from placements p join given g on g.website_id = p.subject_id where g.domain = @domain
                """,
                domain
            )
        );

    [Fact]
    public async Task Plan_ThatWaitsToBeApplied_IsWhatShallStand() =>
        Assert.Equal(
            ["wp-growth 50000", "business 25000"],
            await Read(
                """
                select w.plan || ' ' || (p.spec -> 'limits' ->> 'diskMb')
                from placements p join websites w on w.id = p.subject_id where w.domain in ('upgrade.test', 'two.test') order by w.id
                """
            )
        );

    [Fact]
    public async Task Tasks_ThatWaitedForOneWebsite_AreTheLastOfThem() =>
        Assert.Equal(
            ["cancelled create", "cancelled create", "pending apply"],
            await Read("select status || ' ' || action from provisioning_tasks where domain = 'two.test' order by id")
        );

    [Fact]
    public async Task EveryLiveWebsite_HasItsNamesAndAPlacement()
    {
        Assert.Equal(
            [],
            await Read(
                """
                select w.domain from websites w
                where w.status <> 'removed'
                  and (not exists (select from hostnames h where h.website_id = w.id and h.role = 'primary' and h.name = w.domain)
                       or not exists (select from placements p where p.kind = 'hosting' and p.subject_id = w.id and p.server_id is not distinct from w.server_id))
                """
            )
        );
        Assert.Contains("www.upgrade.test alias", await Read("select name || ' ' || role from hostnames"));
        // Two websites of which one is the www name of the other stay two.
        Assert.Equal(
            ["example.net primary", "www.example.net primary"],
            await Read("select name || ' ' || role from hostnames where name in ('example.net', 'www.example.net') order by name")
        );
    }

    [Fact]
    public async Task Net_BeginsWithWhatStands_AndNotWithWhatWasGivenUp()
    {
        await using var db = await upgraded.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        while ((await BehindPlacement.Mend(db, 100, "corr")).Count > 0) { }

        Assert.Equal(
            ["ends.test", "two.test", "upgrade.test"],
            await db.QueryAsync<string>(
                """
                select g.domain from given g
                where exists (select from provisioning_tasks t where t.website_id = g.website_id and t.status = 'pending') order by 1
                """,
                transaction: transaction
            )
        );
    }

    private async Task<IEnumerable<string>> Read(string sql, string? domain = null)
    {
        await using var db = await upgraded.DataSource.OpenConnectionAsync();
        return await db.QueryAsync<string>(sql, new { domain });
    }
}
