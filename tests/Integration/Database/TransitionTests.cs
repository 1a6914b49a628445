using System.Text.RegularExpressions;
using Dapper;
using MPanel.Database;
using MPanel.Tests.Support;
using Npgsql;

namespace MPanel.Tests.Integration.Database;

/// <summary>The states that docs/blueprint.md draws are those that the database allows.</summary>
public sealed partial class TransitionTests : IAsyncLifetime
{
    private NpgsqlDataSource _dataSource = null!;

    public async ValueTask InitializeAsync() => _dataSource = Db.Open(await (await PostgresCluster.Shared).CreateDatabase(), "test");

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    [Fact]
    public async Task Diagrams_AndTriggers_SayTheSame()
    {
        var drawn = Drawn(await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "blueprint.md")));

        Assert.Equal(Lines(drawn), Lines(await Enforced()));
        Assert.Contains("orders: paid > provisioning", Lines(drawn));
    }

    [Fact]
    public async Task EveryTableWithStates_HasItsTransitions()
    {
        await using var db = await _dataSource.OpenConnectionAsync();
        var tables = await db.QueryAsync<string>(
            """
            select distinct table_name::text from information_schema.columns
            where table_schema = 'public' and column_name in ('status', 'state') and is_nullable = 'NO'
              and table_name in (select table_name from information_schema.tables where table_type = 'BASE TABLE')
            order by 1
            """
        );

        Assert.Equal(tables, (await Enforced()).Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("update servers set state = 'draining'", null)]
    [InlineData("update servers set state = state", null)]
    [InlineData("update domains set status = 'managed'", null)]
    [InlineData("update websites set status = 'removing', remove_after = now(); update websites set status = 'pending'", null)]
    [InlineData(
        "update websites set status = 'removed'; update websites set status = 'active'",
        "websites 1 never goes from removed to active"
    )]
    [InlineData("update domains set status = 'unmanaged'", null)]
    public async Task Change_ThatIsNotDrawn_IsRefused(string change, string? refusal)
    {
        await using var db = await _dataSource.OpenConnectionAsync();
        await db.ExecuteAsync(
            """
            insert into customers (name, email, normalized_email) values ('Ann', 'a@example.net', 'a@example.net');
            insert into websites (customer_id, domain, plan) select id, 'example.net', 'starter' from customers;
            """
        );

        var refused = await Record.ExceptionAsync(() => db.ExecuteAsync(change));

        Assert.Equal(refusal, (refused as PostgresException)?.MessageText);
    }

    private async Task<Dictionary<string, SortedSet<string>>> Enforced()
    {
        await using var db = await _dataSource.OpenConnectionAsync();
        var triggers = await db.QueryAsync<(string Table, string Definition)>(
            """
            select tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger
            where tgfoid = 'refuse_transition'::regproc and tgenabled <> 'D'
            """
        );
        return triggers.ToDictionary(
            t => t.Table,
            t => new SortedSet<string>(Listed().Matches(t.Definition).Select(m => m.Groups[1].Value), StringComparer.Ordinal)
        );
    }

    /// <summary>By table: one is named before its diagram in backticks, or in it as the title of a composite state.</summary>
    private static Dictionary<string, SortedSet<string>> Drawn(string[] lines)
    {
        var drawn = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var (table, inDiagram) = ("", false);
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inDiagram = false;
            else if (line == "stateDiagram-v2")
                inDiagram = true;
            else if (!inDiagram && TableBefore().Match(line) is { Success: true } before)
                table = before.Groups[1].Value;
            else if (inDiagram && Composite().Match(line) is { Success: true } composite)
                table = composite.Groups[1].Value;
            else if (inDiagram && Arrow().Match(line) is { Success: true } arrow)
            {
                var (from, to) = (arrow.Groups[1].Value, arrow.Groups[2].Value);
                var ofTable = drawn.TryGetValue(table, out var known) ? known : drawn[table] = new(StringComparer.Ordinal);
                if (from != "[*]" && from != to)
                    ofTable.Add($"{from} > {to}");
            }
        }
        return drawn;
    }

    private static string[] Lines(Dictionary<string, SortedSet<string>> transitions) =>
        [.. transitions.OrderBy(t => t.Key, StringComparer.Ordinal).SelectMany(t => t.Value.Select(v => $"{t.Key}: {v}"))];

    [GeneratedRegex("'([a-z_]+ > [a-z_]+)'")]
    private static partial Regex Listed();

    [GeneratedRegex("^[^`]*`([a-z_]+)`")]
    private static partial Regex TableBefore();

    [GeneratedRegex("""^ *state "([a-z_]+)" as """)]
    private static partial Regex Composite();

    [GeneratedRegex(@"^ *(\[\*\]|[a-z_]+) --> ([a-z_]+)")]
    private static partial Regex Arrow();
}
