using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Jobs.Domains;
using MPanel.Jobs.Invoices;
using MPanel.Jobs.Orders;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.Jobs.Websites;
using MPanel.NodeAgent.Contract;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Jobs.Websites;

/// <summary>Websites on a server, what people do to them, and an agent that does what it is told.</summary>
public sealed class WebsiteWorld : IAsyncDisposable
{
    public const string Hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private WebsiteWorld(ProvisioningWorld world, long server)
    {
        (World, Server) = (world, server);
        var announcements = new TaskAnnouncements(NullLogger<TaskAnnouncements>.Instance);
        Actions = new WebsiteActions(world.DataSource, announcements, Options.Create(new WebsiteOptions()));
        Names = new SiteNameActions(
            world.DataSource,
            OrderDesk.Suffixes,
            new ReservedDomains(
                Options.Create(new OrderOptions { ReservedDomains = ["reserved.test"] }),
                Options.Create(new SellerOptions())
            ),
            announcements
        );
    }

    public ProvisioningWorld World { get; }
    public long Server { get; }
    public WebsiteActions Actions { get; }
    public SiteNameActions Names { get; }
    public Actor Ann { get; } = new(ActorKind.User, 1, "ann@example.net", MPanel.Jobs.Access.Authority.None, null, "corr-ann");

    public static async Task<WebsiteWorld> Create()
    {
        var world = await ProvisioningWorld.Create();
        await world.WithoutSeededServers();
        return new WebsiteWorld(world, await world.Server("node"));
    }

    /// <summary>An order's website, which stands unless told otherwise.</summary>
    public async Task<long> Website(string? domain = null, bool stands = true, long? server = null)
    {
        var order = await World.Order(domain);
        var website = await World.Website(order, server ?? Server);
        await Bring(website, new WebsiteErrand("system", "corr"));
        if (stands)
            await Work();
        return website;
    }

    public async Task<BroughtWebsite> Bring(long website, WebsiteErrand errand)
    {
        await using var db = await World.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        var brought = await BringWebsite.Run(transaction, website, errand);
        await transaction.CommitAsync();
        return brought;
    }

    /// <summary>Claims and does all there is, as an agent would, with what follows.</summary>
    /// <returns>What was asked for: verb and revision of each.</returns>
    public async Task<List<string>> Work(ArchiveFacts? archive = null)
    {
        var done = new List<string>();
        while (await World.Claim(Server) is { } task)
        {
            done.Add($"{task.Action} {Spec(task).Revision}");
            Assert.Equal("Accepted", $"{(await Complete(task, archive)).Answer}");
            await World.FollowUp(task.Id);
        }
        return done;
    }

    public async Task<CompletedTask> Complete(ClaimedTask task, ArchiveFacts? archive = null)
    {
        var spec = Spec(task);
        string[]? erased = task.Action == TaskVerb.Remove ? ["user mp7", "directory s7"] : null;
        var applied = new AppliedState(
            spec.Revision,
            Hash,
            spec.Archive ? archive ?? new ArchiveFacts($"{spec.WebsiteId}-{spec.Revision}.tar.gz", 4096, Hash) : null,
            erased
        );
        await using var db = await World.DataSource.OpenConnectionAsync();
        return await CompleteTask.Run(
            db,
            task.Id,
            Server,
            new Completion(
                task.LeaseToken,
                true,
                false,
                null,
                null,
                ProvisioningWorld.Digest(7),
                JsonSerializer.Serialize(applied, JsonSerializerOptions.Web)
            ),
            ProvisioningWorld.RetryDelays
        );
    }

    public static HostingSpec Spec(ClaimedTask task) => JsonSerializer.Deserialize<HostingSpec>(task.Payload, Strict)!;

    public static async Task<T> Done<T>(Task<Outcome<T>> action)
    {
        var outcome = await action;
        return outcome is Outcome<T>.Done { Value: var value } ? value : throw new InvalidOperationException($"{outcome}");
    }

    public static async Task<string> Refused<T>(Task<Outcome<T>> action)
    {
        var outcome = await action;
        return outcome is Outcome<T>.Refused { Why: var why } ? why.Code : throw new InvalidOperationException($"{outcome}");
    }

    public Task<string> Status(long website) => World.Scalar<string>("select status from websites where id = @website", new { website });

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };
}
