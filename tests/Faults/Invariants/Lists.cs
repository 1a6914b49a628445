using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Invariants;

/// <summary>What failed, as the database has it and as the panel's lists show it to people.</summary>
public static class Lists
{
    private const int Tries = 20;

    /// <summary>
    /// Asks until both agree, for work fails and is retried between two questions; not for ever, for what is on no list stays so.
    /// </summary>
    /// <returns>How much has failed, and what only one of the two knows.</returns>
    public static async Task<(long Count, IReadOnlyList<string> Wrong)> Compare(FaultWorld world, NpgsqlConnection db)
    {
        for (var tries = 1; ; tries++)
        {
            var there = (await db.QueryAsync<string>(Failed)).ToHashSet();
            var all = await Listed(world, "/api/admin/attention", Named);
            var tasks = await Listed(world, "/api/admin/provisioning/tasks?status=failed", i => $"task {i.GetProperty("id").GetInt64()}");
            List<string> wrong =
            [
                .. there.Except(all).Select(f => $"{f} failed and is not on the list of what needs attention"),
                .. all.Except(there).Select(f => $"{f} is on the list of what needs attention and has not failed"),
                .. there
                    .Where(f => f.StartsWith("task", StringComparison.Ordinal))
                    .Except(tasks)
                    .Select(f => $"{f} is not on the list of tasks"),
            ];
            if (wrong.Count == 0 || tries == Tries)
                return (there.Count, wrong);
            await Task.Delay(500);
        }
    }

    /// <summary>Work that stopped on a stopped order shows as that order.</summary>
    private const string Failed = """
        select 'order ' || reference from order_intakes where status = 'needs_review'
        union all
        select 'job ' || j.id from outbox j
        where j.state = 'stopped' and not exists (
            select from order_intakes i where j.key = 'order:' || i.id and i.status = 'needs_review')
        union all
        select 'task ' || id from provisioning_tasks where status = 'failed'
        union all
        select 'refusal ' || id from refused_orders where status = 'open'
        """;

    /// <summary>Null for what has not failed: tasks that wait for a server, and servers.</summary>
    private static string? Named(JsonElement item) =>
        (Text(item, "kind"), Text(item, "code")) switch
        {
            ("orders", "order_refused") => $"refusal {item.GetProperty("id").GetInt64()}",
            ("orders", "refused_not_kept") => null,
            // Money that came back: no work has failed.
            ("payments", "refund_failed") => null,
            ("orders" or "payments", _) => $"order {Text(item, "orderReference")}",
            ("tasks", not "no_server") => $"task {item.GetProperty("id").GetInt64()}",
            ("jobs", _) => $"job {item.GetProperty("id").GetInt64()}",
            _ => null,
        };

    private static async Task<HashSet<string>> Listed(FaultWorld world, string path, Func<JsonElement, string?> name)
    {
        using var client = world.Client(TimeSpan.FromSeconds(20));
        var found = new HashSet<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var next = cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await client.GetFromJsonAsync<JsonElement>($"{path}{separator}pageSize=100{next}");
            found.UnionWith(page.GetProperty("items").EnumerateArray().Select(name).OfType<string>());
            cursor = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        return found;
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
