using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MPanel.Database.Products;
using MPanel.Jobs.Engine;
using MPanel.Jobs.Products;
using MPanel.Jobs.Provisioning;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Integration.Jobs.Websites;
using Npgsql;

namespace MPanel.Tests.Integration.Jobs.Products;

public sealed class LimitsStepTests : IAsyncLifetime
{
    private WebsiteWorld _world = null!;

    private ProvisioningWorld World => _world.World;

    public async ValueTask InitializeAsync() => _world = await WebsiteWorld.Create();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Run_AfterALimitChanged_BringsThatPlansWebsitesOnly()
    {
        var site = await _world.Website("starter.test");
        var removed = await _world.Website("gone.test", stands: false);
        await WebsiteWorld.Done(_world.Actions.Remove(_world.Ann, removed, "gone.test"));
        var other = await _world.Website("business.test");
        await World.Execute("update websites set plan = 'business' where id = @other", new { other });
        await _world.Bring(other, new("system", "corr"));
        await _world.Work();
        await World.Execute("update products set disk_mb = 7777 where code = 'starter'");

        var verdict = await Run();
        var task = (await World.Claim(_world.Server))!;
        await _world.Complete(task);
        var again = await Run();

        Assert.IsType<StepVerdict.Done>(verdict);
        Assert.Equal((site, 7777), (WebsiteWorld.Spec(task).WebsiteId, WebsiteWorld.Spec(task).Limits.DiskMb));
        Assert.IsType<StepVerdict.Done>(again);
        Assert.Null(await World.Claim(_world.Server));
        Assert.Equal(
            ["The limits of its plan starter have changed."],
            await World.Strings(
                "select message from timeline where subject_kind = 'website' and subject_id = @site and step = 'website'",
                new { site }
            )
        );
    }

    [Fact]
    public async Task Run_OfMoreThanABatch_BringsAll()
    {
        await World.Execute(
            """
            insert into customers (email, normalized_email, name) values ('a@b.test', 'a@b.test', 'A');
            insert into websites (customer_id, domain, plan) select max(c.id), 'many' || n || '.test', 'starter' from customers c, generate_series(1, 120) n group by n;
            insert into placements (kind, subject_id, server_id, spec) select 'hosting', id, server_id, website_spec(id) from websites;
            update products set cron_jobs = 77 where code = 'starter';
            """
        );

        await Run();

        Assert.Equal(
            120,
            await World.Scalar<int>("select count(*) from placements where revision = 2 and spec -> 'limits' ->> 'cronJobs' = '77'")
        );
    }

    [Fact]
    public async Task Run_WhileSomebodyChangesAWebsite_ComesBackForIt()
    {
        var site = await _world.Website("busy.test");
        await World.Execute("update products set inodes = 5 where code = 'starter'");
        await using var db = await World.DataSource.OpenConnectionAsync();
        await using var holder = await db.BeginTransactionAsync();
        await Dapper.SqlMapper.ExecuteAsync(db, "select from websites where id = @site for update", new { site }, holder);

        var meanwhile = await Run();
        await holder.RollbackAsync();

        Assert.Equal("websites_busy", Assert.IsType<StepVerdict.Retry>(meanwhile).Code);
        Assert.IsType<StepVerdict.Done>(await Run());
        Assert.Equal(5, WebsiteWorld.Spec((await World.Claim(_world.Server))!).Limits.Inodes);
    }

    [Fact]
    public async Task Run_WithAServerThatIsAhead_LeavesItsWebsiteForAPerson()
    {
        var site = await _world.Website("ahead.test");
        await World.Execute(
            "update placements set condition = 'ahead', condition_code = 'node_ahead', condition_text = 'Later.' where subject_id = @site",
            new { site }
        );
        await World.Execute("update products set inodes = 5 where code = 'starter'");

        Assert.IsType<StepVerdict.Done>(await Run());
        Assert.Equal(1, await World.Scalar<int>("select revision from placements where subject_id = @site", new { site }));
    }

    private async Task<StepVerdict> Run()
    {
        await using var db = await World.DataSource.OpenConnectionAsync();
        NpgsqlTransaction? transaction = null;
        var step = new LimitsStep(World.DataSource, new TaskAnnouncements(NullLogger<TaskAnnouncements>.Instance));
        var verdict = await step.Run(
            new StepRun(
                1,
                LimitsChain.ChainKind,
                JsonSerializer.Serialize(new { plan = "starter" }),
                "corr-limits",
                1,
                async token => transaction ??= await db.BeginTransactionAsync(token)
            ),
            CancellationToken.None
        );
        if (transaction is not null)
            await transaction.DisposeAsync();
        return verdict;
    }
}
