using Microsoft.Extensions.Options;
using MPanel.Database.Servers;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using Npgsql;

namespace MPanel.Jobs.Servers;

/// <summary>How servers leave for good: each action one transaction with its audit entry. What stood on a lost one leaves it afterwards, website by website.</summary>
public sealed class RetirementActions(NpgsqlDataSource dataSource, IOptions<ProvisioningOptions> options)
{
    private const int LongestReason = 500;

    /// <summary>What is refused of a server that has left.</summary>
    public static Refusal HasLeft(string name) => Refusal.State("server_retired", $"{name} is retired: nothing about it changes any more.");

    /// <summary>A server on which nothing stands, and nothing is to be done, leaves.</summary>
    public Task<Outcome<ServerDetail>> Retire(Actor actor, long id) => Leave(actor, id, "server.retired", Hinders, null);

    /// <summary>
    /// A silent server is given up with all that stands there: its websites are placed anew, without their files; those that are being removed
    /// are gone, with their archives.
    /// </summary>
    /// <param name="typed">Its name, as a person typed it to be sure.</param>
    public Task<Outcome<ServerDetail>> DeclareLost(Actor actor, long id, string? typed, string? reason)
    {
        var why = reason?.Trim() ?? "";
        return Leave(
            actor,
            id,
            "server.declared_lost",
            server =>
                typed?.Trim() != server.Name
                    ? Refusal.Invalid("name", "mismatch", $"Must be {server.Name}, so that the right server is given up.")
                : why.Length is 0 or > LongestReason || why.Any(char.IsControl)
                    ? Refusal.Invalid("reason", "malformed", $"1 to {LongestReason} characters on one line.")
                : server.Silent ? null
                : Refusal.State(
                    "server_heard",
                    $"{server.Name} was heard of within {options.Value.GoneAfter:c}. Only a server that has been silent for longer can be declared lost."
                ),
            why
        );
    }

    private static Refusal? Hinders(LeavingServer server) =>
        server.State == ServerState.Active ? Refusal.State("server_active", $"{server.Name} is active. Drain it first.")
        : server.Websites > 0 ? Refusal.State(ServerActions.InUse, $"{server.Websites} website(s) stand on {server.Name}.")
        : server.OpenTasks > 0 ? Refusal.State(ServerActions.InUse, $"{server.OpenTasks} task(s) of {server.Name} are open.")
        : null;

    /// <param name="lostBecause">Null for one that is empty.</param>
    private async Task<Outcome<ServerDetail>> Leave(
        Actor actor,
        long id,
        string action,
        Func<LeavingServer, Refusal?> hinders,
        string? lostBecause
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        if (await RetireServer.Lock(transaction, id, options.Value.GoneAfter) is not { } server)
            return new Outcome<ServerDetail>.Missing();
        if (server.State == ServerState.Retired)
            return HasLeft(server.Name);
        if (hinders(server) is { } why)
            return why;
        await RetireServer.Run(transaction, id, lost: lostBecause is not null);
        var after = (await ServerFacts.Of(db, id, options.Value.OfflineAfter))!;
        await actor
            .Audit(
                action,
                $"server {server.Name}",
                AuditJson.Of(new { server.State, server.Websites }),
                AuditJson.Of(new { after.State, reason = lostBecause })
            )
            .Append(db, transaction);
        await transaction.CommitAsync();
        return new Outcome<ServerDetail>.Done(after);
    }
}
