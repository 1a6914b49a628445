using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MPanel.Database.Domains;
using MPanel.Jobs.Text;
using MPanel.Tests.Integration.Database.Provisioning;
using MPanel.Tests.Integration.Web.Agents;
using MPanel.Tests.Integration.Web.Websites;
using MPanel.Tests.Support;

namespace MPanel.Tests.Integration.Web.Domains;

public sealed class DomainRoutesTests(DomainRoutesTests.Desk desk) : IClassFixture<DomainRoutesTests.Desk>
{
    private const string Path = "/api/admin/domains";

    /// <summary>A panel with two customers.</summary>
    public sealed class Desk : IAsyncLifetime
    {
        public PanelServer Server { get; private set; } = null!;
        public ProvisioningWorld World { get; private set; } = null!;
        public HttpClient Client { get; private set; } = null!;
        public long Ann { get; private set; }
        public long Ben { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Server = await PanelServer.Start(
                settings: new Dictionary<string, string?> { ["Roles"] = "web", ["Orders:ReservedDomains:0"] = "our-own.example" }
            );
            World = ProvisioningWorld.Of(Server);
            Client = await Server.Client("domains.view", "domains.manage");
            (Ann, Ben) = (await Customer("ann"), await Customer("ben"));
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Server.DisposeAsync();
        }

        private Task<long> Customer(string name) =>
            World.Scalar<long>(
                "insert into customers (email, normalized_email, name) values (@name || '@example.net', @name || '@example.net', @name) returning id",
                new { name }
            );
    }

    [Fact]
    public async Task List_WalkedBothWays_ShowsEveryDomainOnce()
    {
        for (var i = 0; i < 7; i++)
            await Added(Domain());
        foreach (var sort in new[] { "name", "-name", "created", "-created" })
        {
            var walk = new ListWalk(desk.Client, Path);
            var (forward, back) = await walk.Follow($"sort={sort}&pageSize=3");
            var (backward, _) = await walk.Follow($"sort={sort}&pageSize=3", "previous", back);

            Assert.Equal(await desk.World.Scalar<int>("select count(*) from domains"), forward.SelectMany(p => p).Distinct().Count());
            Assert.Equal(forward.SkipLast(1).Reverse(), backward);
        }
    }

    [Fact]
    public async Task List_ByFilters_ShowsWhatFits()
    {
        var order = await desk.World.Order(Domain());
        await desk.World.Website(order, null);

        Assert.Equal([order.Domain], await Names($"q={order.Domain}&website=yes&status=unmanaged&customer={order.CustomerId}"));
        Assert.Empty(await Names($"q={order.Domain}&website=no"));
        Assert.Empty(await Names($"q={order.Domain}&status=managed"));
        Assert.Empty(await Names($"q={order.Domain}&customer={desk.Ann}"));
    }

    [Theory]
    [InlineData("status=live")]
    [InlineData("website=maybe")]
    [InlineData("customer=%00")]
    [InlineData("sort=customer")]
    [InlineData("q=%00")]
    public async Task List_AskedForWhatItHasNot_Answers400(string query)
    {
        using var answer = await desk.Client.GetAsync($"{Path}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Add_OfAnIdn_KeepsPunycode_ShowsBoth_AndIsFoundEitherWay()
    {
        var added = await Added("Bücher-Café.Example", desk.Ann);

        var (name, unicode) = (added.GetProperty("name").GetString()!, added.GetProperty("unicodeName").GetString()!);
        Assert.StartsWith("xn--", name, StringComparison.Ordinal);
        Assert.Equal(("bücher-café.example", "unmanaged"), (unicode, added.GetProperty("status").GetString()));
        Assert.Equal([name], await Names($"q={Uri.EscapeDataString(unicode)}"));
        Assert.Equal([name], await Names($"q={name}"));
        Assert.Equal(["domain.added"], await Audited(name));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("co.uk")]
    [InlineData("a..example")]
    [InlineData("-a.example")]
    [InlineData("10.0.0.1")]
    [InlineData("ftp://a.example")]
    [InlineData("a.example/../b")]
    [InlineData("a\u0000.example")]
    [InlineData("")]
    public async Task Add_OfWhatIsNoDomain_Answers400(string name) => Assert.Equal((400, "validation_failed"), await Add(name, desk.Ann));

    [Theory]
    [InlineData("our-own.example")]
    [InlineData("shop.OUR-own.example")]
    public async Task Add_OfAReservedName_Answers422(string name) => Assert.Equal((422, "domain_reserved"), await Add(name, desk.Ann));

    [Fact]
    public async Task Add_ForNobody_Answers400()
    {
        var name = Domain();

        Assert.Equal((400, "validation_failed"), await Add(name, 999_999));
        Assert.Empty(await Names($"q={name}"));
    }

    [Fact]
    public async Task Add_OfWhatIsThereOrAnothers_Answers409()
    {
        var name = Domain();
        await Added(name, desk.Ann);

        Assert.Equal((409, "domain_exists"), await Add(name, desk.Ann));
        Assert.Equal((409, "domain_exists"), await Add(name, desk.Ben));
        Assert.Equal((409, "domain_taken"), await Add($"shop.{name}", desk.Ben));
        await Added($"shop.{name}", desk.Ann);
    }

    [Fact]
    public async Task Add_OfANameAndItsWwwNameAtOnceByTwo_IsDoneForOne()
    {
        var name = Domain();

        var answers = await Task.WhenAll(Add(name, desk.Ann), Add($"www.{name}", desk.Ben));

        Assert.Equal([201, 409], answers.Select(a => a.Status).Order());
    }

    [Fact]
    public async Task Add_OfAFieldNobodyMaySet_IsRefused()
    {
        using var answer = await desk.Client.PostAsJsonAsync(
            Path,
            new
            {
                name = Domain(),
                customerId = desk.Ann,
                status = "managed",
            }
        );

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Added_LetsItsCustomerOrder_AndNobodyElse()
    {
        var name = Domain();
        await Added(name, desk.Ann);

        Assert.True(await Claims(name, desk.Ann));
        Assert.True(await Claims($"shop.{name}", desk.Ann));
        Assert.False(await Claims(name, desk.Ben));
        Assert.False(await Claims($"www.{name}", desk.Ben));
        Assert.Equal(1, await desk.World.Scalar<int>("select count(*) from domains where name = @name", new { name }));
    }

    [Fact]
    public async Task Change_OfAnEmptyDomain_GivesItToTheOther()
    {
        var (id, name) = await Id();

        var after = await Changed(id, 1, desk.Ben);

        Assert.Equal((desk.Ben, 2), (after.GetProperty("customerId").GetInt64(), after.GetProperty("version").GetInt32()));
        Assert.True(await Claims(name, desk.Ben));
        Assert.False(await Claims(name, desk.Ann));
        Assert.Equal(["domain.added", "domain.customer_changed"], await Audited(name));
    }

    [Fact]
    public async Task Change_OfAnOlderVersion_Answers409()
    {
        var (id, _) = await Id();
        await Changed(id, 1, desk.Ben);

        Assert.Equal((409, "conflict"), await Change(id, 1, desk.Ann));
        Assert.Equal((409, "conflict"), await Change(id, 3, desk.Ann));
    }

    [Theory]
    [InlineData("")]
    [InlineData("www.")]
    [InlineData("deep.below.")]
    public async Task Change_UnderAWebsite_IsRefused(string prefix)
    {
        var (id, name) = await Id();
        var website = await desk.World.Scalar<long>(
            "insert into websites (customer_id, domain, plan) values (@Ann, @domain, 'starter') returning id",
            new { desk.Ann, domain = prefix + name }
        );

        var refused = await Change(id, 1, desk.Ben);
        await desk.World.Execute(Transitions.Free);
        await desk.World.Execute("update websites set status = 'removed' where id = @website", new { website });

        Assert.Equal((409, "domain_in_use"), refused);
        Assert.Equal((200, null), await Change(id, 1, desk.Ben));
    }

    [Fact]
    public async Task Change_UnderASubscription_IsRefused()
    {
        var order = await desk.World.Order(Domain());
        var task = await desk.World.Task(order, null, type: "mail");
        var id = await desk.World.Scalar<long>("select id from domains where name = @Domain", new { order.Domain });
        await desk.World.Execute("update provisioning_tasks set status = 'cancelled', finished_at = now() where id = @task", new { task });

        Assert.Equal((409, "domain_in_use"), await Change(id, 1, desk.Ben));
        await desk.World.Execute(Transitions.Free);
        await desk.World.Execute("update subscriptions set status = 'cancelled' where domain = @Domain", new { order.Domain });
        Assert.Equal((200, null), await Change(id, 1, desk.Ben));
    }

    [Fact]
    public async Task Change_ToSomebodyElseThanTheNameAboveBelongsTo_Answers409()
    {
        var (_, name) = await Id();
        var below = (await Added($"shop.{name}", desk.Ann)).GetProperty("id").GetInt64();

        Assert.Equal((409, "domain_taken"), await Change(below, 1, desk.Ben));
    }

    [Fact]
    public async Task Change_ToNobody_Answers400()
    {
        var (id, _) = await Id();

        Assert.Equal((400, "validation_failed"), await Change(id, 1, 999_999));
    }

    [Fact]
    public async Task OfNoDomain_Answers404()
    {
        using var one = await desk.Client.GetAsync($"{Path}/999999");

        Assert.Equal(HttpStatusCode.NotFound, one.StatusCode);
        Assert.Equal((404, "not_found"), await Change(999_999, 1, desk.Ann));
    }

    [Fact]
    public async Task WithViewOnly_NothingCanBeChanged()
    {
        var (id, _) = await Id();
        using var viewer = await desk.Server.Client("domains.view");

        using var added = await viewer.PostAsJsonAsync(Path, new { name = Domain(), customerId = desk.Ann });
        using var changed = await viewer.PatchAsJsonAsync($"{Path}/{id}", new { version = 1, customerId = desk.Ben });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (added.StatusCode, changed.StatusCode));
    }

    private static string Domain() => OrderDesk.NewDomain();

    private async Task<(long Id, string Name)> Id()
    {
        var name = Domain();
        return ((await Added(name, desk.Ann)).GetProperty("id").GetInt64(), name);
    }

    private async Task<JsonElement> Added(string name, long? customer = null)
    {
        using var answer = await desk.Client.PostAsJsonAsync(Path, new { name, customerId = customer ?? desk.Ann });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<(int Status, string? Code)> Add(string name, long customerId)
    {
        using var response = await desk.Client.PostAsJsonAsync(Path, new { name, customerId });
        var answer = await Answer.Of(response);
        return (answer.Status, answer.Code);
    }

    private async Task<(int Status, string? Code)> Change(long id, int version, long customerId)
    {
        using var response = await desk.Client.PatchAsJsonAsync($"{Path}/{id}", new { version, customerId });
        var answer = await Answer.Of(response);
        return (answer.Status, answer.Code);
    }

    private async Task<JsonElement> Changed(long id, int version, long customerId)
    {
        using var response = await desk.Client.PatchAsJsonAsync($"{Path}/{id}", new { version, customerId });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>As the order's step does it.</summary>
    private async Task<bool> Claims(string name, long customer)
    {
        await using var db = await desk.Server.DataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        return await ClaimDomain.Run(transaction, name, OrderDesk.Suffixes.Related(name), customer) is null;
    }

    private async Task<string[]> Names(string query) =>
        [
            .. (await desk.Client.GetFromJsonAsync<JsonElement>($"{Path}?{query}"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(s => s.GetProperty("name").GetString()!),
        ];

    private Task<string[]> Audited(string name) =>
        desk.World.Strings("select action from audit_entries where subject = @subject order by id", new { subject = $"domain {name}" });
}
