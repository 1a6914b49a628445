using MPanel.Database;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database;

public sealed class MigratorTests
{
    [Fact]
    public async Task Run_OnEmptyDatabase_AppliesAllOnce()
    {
        var cluster = await PostgresCluster.Shared;
        await using var dataSource = NpgsqlDataSource.Create(await cluster.CreateEmptyDatabase());

        var first = await Migrator.Run(dataSource);
        var second = await Migrator.Run(dataSource);

        Assert.Equal(Migrator.All.Select(m => m.Name), first);
        Assert.Empty(second);
    }

    [Fact]
    public async Task Run_ByFourProcessesAtOnce_AppliesEachOnce()
    {
        var cluster = await PostgresCluster.Shared;
        await using var dataSource = NpgsqlDataSource.Create(await cluster.CreateEmptyDatabase());

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Migrator.Run(dataSource)));

        Assert.Equal(Migrator.All.Count, runs.Sum(r => r.Count));
    }

    [Fact]
    public async Task Run_OnADatabaseNewerThanThisBuild_RefusesButServes()
    {
        var cluster = await PostgresCluster.Shared;
        await using var dataSource = NpgsqlDataSource.Create(await cluster.CreateDatabase());
        await using var db = await dataSource.OpenConnectionAsync();
        await using (var newer = new NpgsqlCommand("insert into schema_migrations (name, checksum) values ('9999_newer', 'x')", db))
            await newer.ExecuteNonQueryAsync();

        var missing = await Migrator.Missing(db);
        var refusal = await Assert.ThrowsAsync<MigrationConflictException>(() => Migrator.Run(dataSource));

        Assert.Empty(missing);
        Assert.Contains("9999_newer", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AfterAnAppliedMigrationChanged_Refuses()
    {
        var cluster = await PostgresCluster.Shared;
        await using var dataSource = NpgsqlDataSource.Create(await cluster.CreateDatabase());
        await using var db = await dataSource.OpenConnectionAsync();
        await using (var tamper = new NpgsqlCommand("update schema_migrations set checksum = 'other' where name like '0001%'", db))
            await tamper.ExecuteNonQueryAsync();

        var refusal = await Assert.ThrowsAsync<MigrationConflictException>(() => Migrator.Run(dataSource));

        Assert.Contains("0001_access", refusal.Message, StringComparison.Ordinal);
    }
}
