using Dapper;
using MPanel.Faults.World;
using Npgsql;

namespace MPanel.Faults.Fire;

/// <summary>Web and job processes that die, are stopped or stand still, and the database under them.</summary>
internal sealed class PanelFaults(FaultWorld world, Random random)
{
    public IEnumerable<KeyValuePair<string, Func<Fault>>> Makers =>
        [
            new("web-kill", () => Signal("web-kill", world.Webs, m => m.Kill())),
            new("web-term", () => Signal("web-term", world.Webs, m => m.Terminate())),
            new("web-stop", () => Standstill("web-stop", world.Webs)),
            new("jobs-kill", () => Signal("jobs-kill", world.Jobs, m => m.Kill())),
            new("jobs-term", () => Signal("jobs-term", world.Jobs, m => m.Terminate())),
            new("jobs-stop", () => Standstill("jobs-stop", world.Jobs)),
            new("postgres-kill", PostgresKill),
            new("postgres-terminate", PostgresTerminate),
            new("postgres-full", PostgresFull),
        ];

    private Fault Signal(string name, IReadOnlyList<Member> members, Action<Member> send)
    {
        var member = members[random.Next(members.Count)];
        var starts = 0;
        return new Fault(
            name,
            member.Name,
            TimeSpan.Zero,
            () =>
            {
                starts = member.Starts;
                send(member);
                return Task.CompletedTask;
            },
            () => Task.CompletedTask,
            async () => member.Starts > starts && await world.AskReady(member)
        );
    }

    private Fault Standstill(string name, IReadOnlyList<Member> members)
    {
        var member = members[random.Next(members.Count)];
        return new Fault(
            name,
            member.Name,
            Timing.BeyondLease,
            () => Now(member.Suspend),
            () => Now(member.Resume),
            () => world.AskReady(member)
        );
    }

    private Fault PostgresKill() =>
        new(
            "postgres-kill",
            "postgres",
            TimeSpan.FromMilliseconds(random.Next(0, 6000)),
            world.Postgres.Kill,
            world.Postgres.Restart,
            AllReady
        );

    private Fault PostgresTerminate() =>
        new("postgres-terminate", "postgres", TimeSpan.Zero, () => TerminatePanel(), () => Task.CompletedTask, AllReady);

    private Fault PostgresFull()
    {
        var held = new List<NpgsqlConnection>();
        return new Fault(
            "postgres-full",
            "postgres",
            TimeSpan.FromSeconds(random.Next(3, 8)),
            async () =>
            {
                await Fill(held);
                // Those that the panel has would do; it is made to ask for new ones, and there are none.
                try
                {
                    await using var killer = held[^1].CreateCommand();
                    killer.CommandText = Terminate;
                    await killer.ExecuteNonQueryAsync();
                }
                catch (NpgsqlException)
                {
                    // The server was killed meanwhile by another fault: it is out of connections in any case.
                }
                await Fill(held);
            },
            async () =>
            {
                foreach (var connection in held)
                    await connection.DisposeAsync();
            },
            AllReady
        );
    }

    private async Task Fill(List<NpgsqlConnection> held)
    {
        for (var refused = 0; refused < 3; )
        {
            var connection = new NpgsqlConnection(world.ConnectionString + ";Pooling=false;Application Name=filler");
            try
            {
                await connection.OpenAsync();
                held.Add(connection);
            }
            catch (NpgsqlException)
            {
                await connection.DisposeAsync();
                refused++;
            }
        }
    }

    private const string Terminate =
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'mpanel%' and pid <> pg_backend_pid()";

    private async Task TerminatePanel()
    {
        await using var db = await world.Observer.OpenConnectionAsync();
        await db.ExecuteAsync(Terminate);
    }

    private async Task<bool> AllReady()
    {
        foreach (var member in world.Webs.Concat(world.Jobs))
        {
            if (!await world.AskReady(member))
                return false;
        }
        return true;
    }

    private static Task Now(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
