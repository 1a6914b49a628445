using MPanel.Database.Provisioning;

namespace MPanel.Tests.Integration.Database.Provisioning;

/// <summary>Websites that wait for a server which is gone.</summary>
public sealed class StrandedTaskTests : IAsyncLifetime
{
    private static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan OfflineAfter = TimeSpan.FromSeconds(90);

    private ProvisioningWorld _world = null!;
    private long _gone;
    private long _live;
    private long _task;

    public async ValueTask InitializeAsync()
    {
        _world = await ProvisioningWorld.Create();
        await _world.WithoutSeededServers();
        _gone = await _world.Server("gone", count: 1);
        _live = await _world.Server("live", count: 5);
        await _world.Heard(_gone, "11 minutes", null, "hosting");
        await _world.Heard(_live, "1 second", null, "hosting");
        var order = await _world.Order("stranded.test");
        var website = await _world.Website(order, _gone);
        _task = await _world.Task(order, _gone, websiteId: website);
        await _world.Execute("update provisioning_tasks set available_at = now() - interval '11 minutes'");
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Next_OfATaskThatWaitsForAGoneServer_NamesALiveOne() =>
        Assert.Equal(new StrandedTask(_task, "stranded.test", "gone", "live", "corr-task"), await Next());

    [Theory]
    [InlineData("update server_heartbeats set received_at = now() - interval '9 minutes' where agent_version = '1'")]
    [InlineData("update servers set state = 'maintenance' where name = 'gone'")]
    [InlineData("update provisioning_tasks set available_at = now() - interval '9 minutes'")]
    [InlineData("update provisioning_tasks set attempt = 1")]
    [InlineData("update servers set website_count = website_capacity where name = 'live'")]
    [InlineData("update servers set state = 'draining' where name = 'live'")]
    [InlineData("update servers set roles = '{mail}' where name = 'live'")]
    [InlineData("update server_heartbeats set received_at = now() - interval '2 minutes'")]
    [InlineData("update server_heartbeats set problem = 'nginx: It does not run.', unwell_since = now()")]
    [InlineData("update server_heartbeats set capabilities = '{mail}'")]
    public async Task Next_WhereItIsNotSo_IsNull(string change)
    {
        // The gone server's own heartbeat changes with the first of them.
        await _world.Execute(change);
        if (change.Contains("2 minutes", StringComparison.Ordinal) || change.Contains("problem", StringComparison.Ordinal))
            await _world.Heard(_gone, "11 minutes", null, "hosting");

        Assert.Null(await Next());
    }

    [Fact]
    public async Task Next_AfterAServersAgentNeverReported_CountsFromItsCreation()
    {
        await _world.Execute("delete from server_heartbeats where server_id = @_gone", new { _gone });
        Assert.Null(await Next());

        await _world.Execute("update servers set created_at = now() - interval '1 hour' where id = @_gone", new { _gone });
        Assert.Equal(_task, (await Next())?.Id);
    }

    private async Task<StrandedTask?> Next()
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return await StrandedTask.Next(db, GoneAfter, OfflineAfter);
    }
}
