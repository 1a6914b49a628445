using Dapper;
using MPanel.Jobs.Access;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database;

/// <summary>What a new panel starts with, spelled out once more: the catalogue is money.</summary>
public sealed class SeedTests : IAsyncLifetime
{
    private string _database = null!;

    public async ValueTask InitializeAsync() => _database = await (await PostgresCluster.Shared).CreateDatabase();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Servers_OfANewPanel_AreTheFiveWithRoleAndAddress() =>
        Assert.Equal(
            [
                ("db-core", "db", "10.1.10.210"),
                ("dns-core", "dns", "10.1.10.102"),
                ("mail-core", "mail", "10.1.10.101"),
                ("mpanel-core", "panel", "10.1.10.206"),
                ("srv1", "web", "10.1.10.10"),
            ],
            await Rows<(string, string, string)>("select name, array_to_string(roles, ' '), host(address) from servers order by name")
        );

    [Fact]
    public async Task Roles_OfANewPanel_AreTheFiveAndAllButCustomerHavePermissions()
    {
        Assert.Equal(["admin", "customer", "editor", "super_admin", "support"], await Rows<string>("select code from roles order by code"));
        Assert.Equal(
            ["admin", "editor", "super_admin", "support"],
            await Rows<string>("select distinct r.code from roles r join role_permissions p on p.role_id = r.id order by r.code")
        );
        Assert.Empty(
            await Rows<string>(
                """
                select code from permissions
                except
                select p.permission_code from role_permissions p join roles r on r.id = p.role_id where r.code = 'super_admin'
                """
            )
        );
    }

    [Fact]
    public async Task Permissions_OfANewPanel_AreThoseTheProgramNames() =>
        Assert.Equal(
            Permissions.All.Order(StringComparer.Ordinal),
            await Rows<string>("select code from permissions order by code collate \"C\"")
        );

    [Fact]
    public async Task Products_OfANewPanel_AreTheSevenWithWhatTheyProvision() =>
        Assert.Equal(
            [
                ("business", "hosting"),
                ("daily-backups-30d", "backup"),
                ("domain-registration", "none"),
                ("professional-mail", "mail"),
                ("ssl-wildcard", "ssl"),
                ("starter", "hosting"),
                ("wp-growth", "hosting"),
            ],
            await Rows<(string, string)>("select code, provisions from products where active order by code")
        );

    [Fact]
    public async Task Prices_OfANewPanel_AreThoseOfTheMarketingSite() =>
        Assert.Equal(
            [
                ("business", "month", "USD", 8.95m),
                ("business", "year", "USD", 95.88m),
                ("daily-backups-30d", "month", "USD", 4.99m),
                ("domain-registration", "one_time", "USD", 12.99m),
                ("professional-mail", "month", "USD", 2.99m),
                ("ssl-wildcard", "year", "USD", 69.00m),
                ("starter", "month", "USD", 3.49m),
                ("starter", "year", "USD", 29.88m),
                ("wp-growth", "month", "USD", 10.95m),
            ],
            await Rows<(string, string, string, decimal)>(
                """
                select p.code, v.billing_period, v.currency, v.amount
                from product_prices v join products p on p.id = v.product_id
                where v.active
                order by p.code, v.billing_period
                """
            )
        );

    private async Task<IEnumerable<T>> Rows<T>(string sql)
    {
        await using var db = new NpgsqlConnection(_database);
        return await db.QueryAsync<T>(sql);
    }
}
