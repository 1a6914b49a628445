using Dapper;
using Microsoft.AspNetCore.Identity;
using MPanel.Database.Access;
using MPanel.Database.Servers;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Web.Commands;

public sealed class CommandTests : IAsyncLifetime
{
    private const string Email = "admin@example.com";

    private string _database = null!;

    public async ValueTask InitializeAsync() => _database = await (await PostgresCluster.Shared).CreateDatabase();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Migrate_OfAnEmptyDatabase_AppliesEverythingOnce()
    {
        _database = await (await PostgresCluster.Shared).CreateEmptyDatabase();

        var first = await Run("migrate");
        var second = await Run("migrate");

        Assert.Equal((0, 0), (first.Exit, second.Exit));
        Assert.Contains("0001_access", Assert.Single(first.Words), StringComparison.Ordinal);
        Assert.Equal(["The database is up to date."], second.Words);
        Assert.Equal(["database.migrated database"], await Audited());
    }

    [Fact]
    public async Task CreateAdmin_Twice_PrintsOnePasswordAndThenRefuses()
    {
        var first = await Run("admin", "create", "--email", Email);
        var second = await Run("admin", "create", "--email", "second@example.com");

        Assert.Equal(0, first.Exit);
        Assert.True(await Opens(Email, Assert.Single(first.Output)));
        Assert.Equal(3, second.Exit);
        Assert.Empty(second.Output);
        Assert.Single(second.Words);
        Assert.Equal([$"user.created user {Email}"], await Audited());
        Assert.Equal(
            [$"{Email} super_admin True"],
            await Rows(
                """
                select u.email || ' ' || r.code || ' ' || initcap(u.must_change_password::text)
                from users u join user_roles ur on ur.user_id = u.id join roles r on r.id = ur.role_id
                """
            )
        );
    }

    [Fact]
    public async Task ResetPassword_OfTheAdmin_PrintsANewOneAndEndsTheOld()
    {
        var old = Assert.Single((await Run("admin", "create", "--email", Email)).Output);

        var reset = await Run("admin", "reset-password", "--email", Email.ToUpperInvariant());
        var unknown = await Run("admin", "reset-password", "--email", "nobody@example.com");

        Assert.Equal((0, 3), (reset.Exit, unknown.Exit));
        Assert.True(await Opens(Email, Assert.Single(reset.Output)));
        Assert.False(await Opens(Email, old));
        Assert.Empty(unknown.Output);
        Assert.Single(unknown.Words);
        Assert.Equal(["user.created", "user.password_reset"], (await Audited()).Select(a => a.Split(' ')[0]));
    }

    [Fact]
    public async Task DisableTwoFactor_OfWhoeverHasIt_LeavesThePasswordAloneAndEndsTheSessions()
    {
        await Run("admin", "create", "--email", Email);
        await using (var db = await Open())
            await db.ExecuteAsync(
                """
                update users set two_factor_enabled = true, totp_secret = 'kept elsewhere';
                insert into sessions (token_hash, user_id, security_stamp, status, remote_address, user_agent, expires_at)
                select sha256('x'), id, security_stamp, 'active', '', '', now() + interval '1 day' from users
                """
            );

        var disabled = await Run("admin", "disable-2fa", "--email", Email.ToUpperInvariant());
        var again = await Run("admin", "disable-2fa", "--email", Email);
        var unknown = await Run("admin", "disable-2fa", "--email", "nobody@example.com");

        Assert.Equal((0, 3, 3), (disabled.Exit, again.Exit, unknown.Exit));
        Assert.Empty(disabled.Output);
        Assert.Equal(
            ["false none ended"],
            await Rows(
                """
                select u.two_factor_enabled || ' ' || coalesce(u.totp_secret, 'none') || ' ' || s.status
                from users u join sessions s on s.user_id = u.id
                """
            )
        );
        Assert.Equal(["user.created", "user.two_factor_reset"], (await Audited()).Select(a => a.Split(' ')[0]));
    }

    [Fact]
    public async Task Keys_CreatedAndRevoked_WorkAndWorkNoMore()
    {
        var created = await Run("keys", "create", "--name", "marketing", "--scopes", "plans:read, orders:read");
        var key = BearerSecret.Parse("mpk", Assert.Single(created.Output))!;
        var before = await Find(key);
        var revoked = await Run("keys", "revoke", "--name", "marketing");
        var after = await Find(key);
        var again = await Run("keys", "revoke", "--name", "marketing");

        Assert.Equal((0, 0, 3), (created.Exit, revoked.Exit, again.Exit));
        Assert.True(before.Valid && key.Matches(before.SecretHash));
        Assert.Equal(["plans:read", "orders:read"], before.Scopes);
        Assert.False(after.Valid);
        Assert.Equal(["key.created key marketing", "key.revoked key marketing"], await Audited());
        Assert.Empty(await Rows("select after::text from audit_entries where after::text like '%mpk_%'"));
    }

    [Fact]
    public async Task EnrollCode_OfAKnownServer_GivesItsAgentAToken()
    {
        var code = await Run("servers", "enroll-code", "--server", "srv1");
        var unknown = await Run("servers", "enroll-code", "--server", "srv9");

        Assert.Equal((0, 3), (code.Exit, unknown.Exit));
        Assert.Empty(unknown.Output);
        await using var db = await Open();
        Assert.Equal("srv1", (await Enrolment.Redeem(db, Assert.Single(code.Output)))?.Server);
        Assert.Equal(["server.enrolment_code_created server srv1"], await Audited());
    }

    [Fact]
    public async Task RevokeTokens_OfAnEnrolledServer_ShutsItsAgentOut()
    {
        await using var db = await Open();
        var enrolled = (await Enrolment.Redeem(db, (await Enrolment.CreateCode(db, "srv1"))!))!;

        var revoked = await Run("servers", "revoke-tokens", "--server", "srv1");

        Assert.Equal(0, revoked.Exit);
        Assert.False((await ServerTokens.Find(db, BearerSecret.Parse("mps", enrolled.Token)!.Prefix))!.Valid);
        Assert.Equal(["server.tokens_revoked server srv1"], await Audited());
    }

    [Theory]
    [InlineData("--email", "admin", "create")]
    [InlineData("--email", "admin", "reset-password")]
    [InlineData("--email", "admin", "disable-2fa")]
    [InlineData("--scopes", "keys", "create", "--name", "x")]
    [InlineData("--name", "keys", "revoke")]
    [InlineData("--server", "servers", "enroll-code")]
    public async Task Command_WithoutItsArgument_SaysWhichInOneSentence(string missing, params string[] command)
    {
        var refused = await Run(command);

        Assert.Equal(2, refused.Exit);
        Assert.Empty(refused.Output);
        Assert.Equal([$"{missing} is missing."], refused.Words);
        Assert.Empty(await Audited());
    }

    [Theory]
    [InlineData]
    [InlineData("migrate")]
    public async Task Start_WithoutADatabaseSetting_SaysSoInOneSentence(params string[] command) =>
        Refuses(await CommandLine.Run(Settings(connectionString: null), command), "ConnectionStrings:MPanel is not set");

    [Fact]
    public async Task Start_WithAnUnknownRole_SaysSoInOneSentence() =>
        Refuses(await CommandLine.Run(Settings(_database, roles: "web,cron")), "Roles is 'web,cron'");

    [Fact]
    public async Task Command_OnADatabaseThatIsDown_SaysSoInOneSentence() =>
        Refuses(await CommandLine.Run(Settings("Host=127.0.0.1;Port=9;Username=x;Database=x"), "migrate"), "PostgreSQL can't be reached");

    private static void Refuses(CommandResult result, string sentence)
    {
        Assert.Equal(2, result.Exit);
        Assert.StartsWith(sentence, Assert.Single(result.Words), StringComparison.Ordinal);
        Assert.DoesNotContain(result.Output, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    private Task<CommandResult> Run(params string[] command) => CommandLine.Run(Settings(_database), command);

    private static Dictionary<string, string?> Settings(string? connectionString, string? roles = null) =>
        new() { ["ConnectionStrings__MPanel"] = connectionString, ["Roles"] = roles };

    /// <summary>Whether the password is the user's.</summary>
    private async Task<bool> Opens(string email, string password)
    {
        var hash = Assert.Single(await Rows("select password_hash from users where email = @email", new { email }));
        return new PasswordHasher<object>().VerifyHashedPassword(new object(), hash, password) != PasswordVerificationResult.Failed;
    }

    private async Task<ApiKeyRow> Find(BearerSecret key)
    {
        await using var db = await Open();
        return (await ApiKeys.Find(db, key.Prefix))!;
    }

    private Task<IEnumerable<string>> Audited() =>
        Rows(
            """
            select action || ' ' || subject from audit_entries
            where actor_kind = 'system' and actor_name = 'command line' order by id
            """
        );

    private async Task<IEnumerable<string>> Rows(string sql, object? parameters = null)
    {
        await using var db = await Open();
        return await db.QueryAsync<string>(sql, parameters);
    }

    private async Task<NpgsqlConnection> Open()
    {
        var db = new NpgsqlConnection(_database);
        await db.OpenAsync();
        return db;
    }
}
