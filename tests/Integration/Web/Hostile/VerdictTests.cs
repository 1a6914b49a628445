namespace MPanel.Tests.Integration.Web.Hostile;

/// <summary>Whoever judges must be able to condemn: each sort of defect, planted.</summary>
[Collection(nameof(HostileWorld))]
public sealed class VerdictTests(HostileWorld world)
{
    private const string Problem = "application/problem+json";
    private const string Good = """{"status":400,"code":"malformed_json","correlationId":"c1"}""";

    [Fact]
    public void Of_ARightRefusal_FindsNothing() => Assert.Null(Verdict.Of(400, Good, Problem, new HashSet<int> { 400 }, isApi: true));

    [Theory]
    [InlineData(500, Good, Problem)]
    [InlineData(502, Good, Problem)]
    [InlineData(409, Good, Problem)]
    [InlineData(400, Good, "application/json")]
    [InlineData(400, "{\"code\":\"x\"}", Problem)]
    [InlineData(400, "{\"correlationId\":\"x\"}", Problem)]
    [InlineData(400, "{\"code\":\"internal_error\",\"correlationId\":\"x\"}", Problem)]
    [InlineData(400, "Npgsql.PostgresException (0x80004005): 22P02: invalid input syntax", Problem)]
    [InlineData(400, "   at MPanel.Web.Api.Orders.NoteRoute.Handle(String reference) in /src/NoteRoute.cs:line 20", Problem)]
    [InlineData(400, "select id from orders where reference = 'x'", Problem)]
    public void Of_ADefect_FindsIt(int status, string body, string contentType) =>
        Assert.NotNull(Verdict.Of(status, body, contentType, new HashSet<int> { 400, 500, 502 }, isApi: true));

    [Fact]
    public async Task Unchanged_WhenSomethingIsWritten_FindsIt()
    {
        var findings = new Findings();
        await world.Unchanged(
            "planted",
            findings,
            () => world.World.Execute("update products set updated_at = now() where id = (select min(id) from products)")
        );

        Assert.ThrowsAny<Exception>(findings.AssertNone);
    }

    [Theory]
    [InlineData("<td><xss-mark onload=1></td>", true)]
    [InlineData("<input value=\"a\"xss-q='\">", true)]
    [InlineData("<td>&lt;xss-mark onload=1&gt;&quot;xss-q=&#x27;xss-q</td>", false)]
    public void Raw_OfMarkup_IsFound(string html, bool found) => Assert.Equal(found, PageAttackTests.Raw().IsMatch(html));

    /// <summary>By structure, not by the clock: the public prefix finds the row, and the secret's hash is compared in constant time.</summary>
    [Fact]
    public void KeyComparison_IsByHashAndInConstantTime()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "MPanel.sln")))
            root = root.Parent!;
        string Source(string file) => File.ReadAllText(Path.Combine(root.FullName, file));

        Assert.Contains("FixedTimeEquals(Hash, storedHash ?? Nobody)", Source("Database/Access/BearerSecret.cs"), StringComparison.Ordinal);
        foreach (
            var file in new[]
            {
                "MPanel.Web/Platform/Security/ApiKeyAuthentication.cs",
                "MPanel.Web/Api/Agents/ServerTokenAuthentication.cs",
            }
        )
        {
            Assert.Contains("presented.Matches(", Source(file), StringComparison.Ordinal);
            Assert.Contains(".Find(db, presented.Prefix)", Source(file), StringComparison.Ordinal);
            Assert.DoesNotContain("SequenceEqual", Source(file), StringComparison.Ordinal);
        }
    }
}
