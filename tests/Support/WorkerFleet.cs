using Dapper;
using MPanel.Database.Servers;
using Npgsql;

namespace MPanel.Tests.Support;

/// <summary>Servers of a measurement's own, each with a token.</summary>
public sealed record WorkerFleet(long[] ServerIds, string[] Tokens)
{
    public static async Task<WorkerFleet> Create(NpgsqlDataSource database, int count)
    {
        await using var db = await database.OpenConnectionAsync();
        var (ids, tokens) = (new long[count], new string[count]);
        for (var i = 0; i < count; i++)
        {
            var name = $"bench-{i + 1}";
            await db.ExecuteAsync(
                "insert into servers (name, roles, address, website_capacity) values (@name, '{web}', '127.0.0.1', 10000000)",
                new { name }
            );
            var enrolled = await Enrolment.Redeem(db, (await Enrolment.CreateCode(db, name))!);
            (ids[i], tokens[i]) = (enrolled!.ServerId, enrolled.Token);
        }
        return new WorkerFleet(ids, tokens);
    }
}
