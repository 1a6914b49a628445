using System.Diagnostics;
using System.Globalization;
using Dapper;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Load;

/// <param name="At">Since the load began.</param>
/// <param name="Values">By what was measured, such as <c>web1 resident, MiB</c>.</param>
internal sealed record Sample(TimeSpan At, IReadOnlyDictionary<string, double> Values);

/// <summary>Looks at the panel's processes and its queue every few seconds, from outside.</summary>
internal sealed class ResourceSampler(FaultWorld world, Stopwatch since, TimeSpan every)
{
    private readonly List<Sample> _samples = [];

    public IReadOnlyList<Sample> Between(TimeSpan from, TimeSpan to)
    {
        lock (_samples)
            return [.. _samples.Where(s => s.At >= from && s.At <= to)];
    }

    public async Task Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var values = new Dictionary<string, double>();
            foreach (var member in world.Webs.Concat(world.Jobs))
                Look(member, values);
            await LookAtDatabase(values);
            lock (_samples)
                _samples.Add(new Sample(since.Elapsed, values));
            await Task.Delay(every, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Look(Member member, Dictionary<string, double> values)
    {
        var directory = $"/proc/{member.ProcessId}";
        try
        {
            var lines = File.ReadAllLines($"{directory}/status");
            values[$"{member.Name} resident, MiB"] = Field(lines, "VmRSS:") / 1024;
            values[$"{member.Name} threads"] = Field(lines, "Threads:");
            values[$"{member.Name} handles"] = Directory.GetFileSystemEntries($"{directory}/fd").Length;
        }
        catch (IOException)
        {
            // It ended just now: that it was started again is seen elsewhere.
        }
    }

    private async Task LookAtDatabase(Dictionary<string, double> values)
    {
        try
        {
            await using var db = await world.Observer.OpenConnectionAsync();
            var (connections, steps, tasks) = await db.QuerySingleAsync<(long, long, long)>(
                """
                select (select count(*) from pg_stat_activity where application_name like 'mpanel%'),
                       (select count(*) from outbox where state in ('ready', 'running')),
                       (select count(*) from provisioning_tasks where status in ('pending', 'in_progress'))
                """
            );
            (values["connections"], values["steps due"], values["tasks pending"]) = (connections, steps, tasks);
        }
        catch (NpgsqlException)
        {
            // Even we get no connection; there will be another sample.
        }
    }

    private static double Field(string[] lines, string name) =>
        double.Parse(
            lines.First(l => l.StartsWith(name, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );
}
