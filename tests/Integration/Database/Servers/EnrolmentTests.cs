using MPanel.Database.Access;
using MPanel.Database.Servers;
using MPanel.Tests.Integration.Database.Provisioning;

namespace MPanel.Tests.Integration.Database.Servers;

public sealed class EnrolmentTests : IAsyncLifetime
{
    private ProvisioningWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await ProvisioningWorld.Create();

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Redeem_WithAFreshCode_GivesAWorkingToken()
    {
        var server = await _world.Server("fresh");

        var enrolled = (await Redeem(await Code("fresh")))!;

        Assert.Equal((server, "fresh"), (enrolled.ServerId, enrolled.Server));
        Assert.Equal("fresh", await Holder(enrolled.Token));
    }

    [Fact]
    public async Task Redeem_Twice_WorksOnce()
    {
        await _world.Server("once");
        var code = await Code("once");

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Redeem(code)));

        Assert.Single(results, r => r is not null);
        Assert.Null(await Redeem(code));
    }

    [Fact]
    public async Task Redeem_WithAnExpiredOrUnknownCode_GivesNothing()
    {
        await _world.Server("late");
        var code = await Code("late");
        await _world.Execute("update server_enrolments set expires_at = now() - interval '1 second'");

        Assert.Null(await Redeem(code));
        Assert.Null(await Redeem(code + "x"));
        Assert.Null(await Redeem(""));
    }

    [Fact]
    public async Task Redeem_ForTheThirdTime_EndsTheOldestToken()
    {
        await _world.Server("rotating");
        var tokens = new List<string>();
        for (var i = 0; i < 3; i++)
            tokens.Add((await Redeem(await Code("rotating")))!.Token);

        Assert.Null(await Holder(tokens[0]));
        Assert.Equal(("rotating", "rotating"), (await Holder(tokens[1]), await Holder(tokens[2])));
    }

    [Fact]
    public async Task Redeem_OfSixCodesAtOnce_LeavesTwoTokens()
    {
        await _world.Server("eager");
        var codes = new List<string>();
        for (var i = 0; i < 6; i++)
            codes.Add(await Code("eager"));

        await Task.WhenAll(codes.Select(Redeem));

        Assert.Equal(2, await _world.Scalar<int>("select count(*) from server_tokens where revoked_at is null"));
    }

    [Fact]
    public async Task CreateCode_ForNoServer_GivesNothing()
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();

        Assert.Null(await Enrolment.CreateCode(db, "no-such-server"));
    }

    [Fact]
    public async Task RevokeAll_EndsEveryToken()
    {
        await _world.Server("lost");
        var token = (await Redeem(await Code("lost")))!.Token;
        await using var db = await _world.DataSource.OpenConnectionAsync();

        Assert.Equal(1, await ServerTokens.RevokeAll(db, "lost"));
        Assert.Null(await Holder(token));
    }

    [Fact]
    public async Task Heartbeat_Repeated_KeepsTheLatest()
    {
        var server = await _world.Server("alive", tags: ["ssd"]);
        await using var db = await _world.DataSource.OpenConnectionAsync();
        await Heartbeat.Run(db, server, 0, new NewHeartbeat("1.0", ["hosting"], 2, "{}"));

        var heard = await Heartbeat.Run(db, server, 0, new NewHeartbeat("1.1", ["hosting", "ssl"], 1, """{"load1":0.5}"""));

        Assert.Equal(("alive", "active"), (heard.Name, heard.State));
        var known = (await ServerFacts.Of(db, server, TimeSpan.FromSeconds(90)))!;
        Assert.Equal(("1.1", true, 1), (known.Agent.AgentVersion, known.Agent.Online, known.Agent.FreeSlots));
        Assert.Equal(["hosting", "ssl"], known.Agent.Capabilities);
        Assert.Equal(("10.0.0.1", "ssd"), (known.Settings.Address, Assert.Single(known.Settings.Tags)));
        var row = (await ServerList.All(db, TimeSpan.FromSeconds(90))).Single(s => s.Name == "alive");
        Assert.True(row.Online);
        Assert.Equal(["hosting", "ssl"], row.Capabilities);
        Assert.Equal(server, await ServerList.IdOf(db, "alive"));
    }

    private async Task<string> Code(string server)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return (await Enrolment.CreateCode(db, server))!;
    }

    private async Task<EnrolledServer?> Redeem(string code)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        return await Enrolment.Redeem(db, code);
    }

    private async Task<string?> Holder(string token)
    {
        await using var db = await _world.DataSource.OpenConnectionAsync();
        var presented = BearerSecret.Parse("mps", token)!;
        var row = await ServerTokens.Find(db, presented.Prefix);
        return presented.Matches(row?.SecretHash) && row!.Valid ? row.ServerName : null;
    }
}
