using Dapper;
using MPanel.Database;
using MPanel.Database.Domains;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database.Domains;

/// <summary>Names below a name, among many that are not.</summary>
public sealed class NamesBelowTests : IAsyncLifetime
{
    private NpgsqlDataSource _dataSource = null!;
    private NpgsqlConnection _db = null!;

    public async ValueTask InitializeAsync()
    {
        _dataSource = Db.Open(await (await PostgresCluster.Shared).CreateDatabase(), "test");
        _db = await _dataSource.OpenConnectionAsync();
        await _db.ExecuteAsync(
            """
            insert into customers (email, normalized_email, name) values ('one@example.com', 'one@example.com', 'One');
            insert into domains (name, customer_id)
            select 'site-' || n || '.example', (select min(id) from customers) from generate_series(1, 20000) n;
            insert into domains (name, customer_id)
            select name, (select min(id) from customers) from (values ('a.b.shop.example'), ('myshop.example'), ('shop.example.net')) n (name);
            analyze domains
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        await _dataSource.DisposeAsync();
    }

    [Theory]
    [InlineData("shop.example", "a.b.shop.example")]
    [InlineData("b.shop.example", "a.b.shop.example")]
    [InlineData("a.b.shop.example", null)]
    [InlineData("hop.example", null)]
    [InlineData("example.net", "shop.example.net")]
    [InlineData("site-1.example", null)]
    public async Task Below_AName_IsWhatEndsWithItBehindADot(string domain, string? expected)
    {
        await using var transaction = await _db.BeginTransactionAsync();

        Assert.Equal(expected, (await ClaimDomain.Below(transaction, domain, customerId: 0))?.Name);
    }

    [Fact]
    public async Task Below_UnderAPlanThatKnowsNoName_UsesTheIndex()
    {
        var sql = ClaimDomain
            .OneBelow.Replace("@From", "$1", StringComparison.Ordinal)
            .Replace("@To", "$2", StringComparison.Ordinal)
            .Replace("@CustomerId", "$3", StringComparison.Ordinal);
        await _db.ExecuteAsync("set plan_cache_mode = force_generic_plan");
        await _db.ExecuteAsync($"prepare below (text, text, bigint) as {sql}");

        var plan = string.Join('\n', await _db.QueryAsync<string>("explain execute below ('elpmaxe.pohs.', 'elpmaxe.pohs/', 0)"));

        Assert.Contains("domains_by_end", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }
}
