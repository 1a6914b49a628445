using Dapper;
using MPanel.Faults.Fire;
using MPanel.Faults.Orders;
using MPanel.Faults.World;

namespace MPanel.Faults.Invariants;

/// <summary>When all has come to rest: the books, the nodes and the lists against what the marketing API and the admins know.</summary>
public sealed class FinalCheck(FaultWorld world, MarketingApi marketing, AdminDesk admins, SiteWatch sites, RefundDesk? refunds = null)
{
    public const string Answers = "the contract's answers only";
    public const string Audited = "every act of an admin is audited";
    public const string FailedList = "failed work stands on the failed list";

    public async Task<IReadOnlyList<Invariant>> Run()
    {
        await using var db = await world.Observer.OpenConnectionAsync();
        List<Invariant> results = [.. await Rule.Look(db, Rule.AtAnyTime.Concat(Rule.AtRest))];
        results.Add(await Orders(db));
        results.Add(await Audit(db));
        results.Add(await FailedWork(db));
        if (refunds is not null)
            results.Add(await refunds.Check(db));
        results.Add(new Invariant("every active site answers with its own page (at rest)", sites.Sites.Count, await sites.VisitAll()));
        foreach (var node in world.Nodes)
            results.Add(await Owners(db, node));
        results.Add(
            new Invariant(Answers, marketing.Answers.Values.Sum(), [.. marketing.Orders.SelectMany(o => o.Surprises), .. admins.Surprises])
        );
        return results;
    }

    private async Task<Invariant> Orders(Npgsql.NpgsqlConnection db)
    {
        var there = (
            await db.QueryAsync<(string Payment, string? Reference, string Status, string? Reason)>(
                "select stripe_payment_intent_id, reference, status, reason_code from order_intakes"
            )
        ).ToLookup(i => i.Payment);
        var wrong = new List<string>();
        foreach (var order in marketing.Orders)
        {
            var intake = there[order.Plan.PaymentIntent].FirstOrDefault();
            var known = intake.Reference is not null;
            if (order.Reference is null)
            {
                // Unanswered orders may be there; refused ones must not.
                if (known && order.RefusedWith is not null)
                    wrong.Add($"{order.Plan.PaymentIntent} was refused with {order.RefusedWith} and is {intake.Status}");
                continue;
            }
            if (!known || intake.Reference != order.Reference)
                wrong.Add($"{order.Reference} of {order.Plan.PaymentIntent} is lost");
            else if (order.Plan.MustComplete ? intake.Status != "completed" : intake.Reason != order.Plan.ExpectedReason)
                wrong.Add($"{order.Reference} ({order.Plan.Kind}) is {intake.Status}, {intake.Reason ?? "no reason"}");
        }
        return new Invariant(
            "every acknowledged order is completed, or waits or is rejected for its own reason",
            marketing.Orders.Count,
            wrong
        );
    }

    private async Task<Invariant> Audit(Npgsql.NpgsqlConnection db)
    {
        var entries = (
            await db.QueryAsync<(string Action, string Subject, long Count)>(
                "select action, subject, count(*) from audit_entries group by action, subject"
            )
        ).ToDictionary(e => new AdminAct(e.Action, e.Subject), e => e.Count);
        return new Invariant(
            Audited,
            admins.Acts.Count,
            [
                .. admins
                    .Acts.GroupBy(a => a)
                    .Where(a => a.Count() > entries.GetValueOrDefault(a.Key))
                    .Select(a => $"{a.Key.Action} of {a.Key.Subject}: done {a.Count()} times, audited {entries.GetValueOrDefault(a.Key)}"),
            ]
        );
    }

    private async Task<Invariant> FailedWork(Npgsql.NpgsqlConnection db)
    {
        var (count, wrong) = await Lists.Compare(world, db);
        return new Invariant(FailedList, count, wrong);
    }

    private static async Task<Invariant> Owners(Npgsql.NpgsqlConnection db, Node node)
    {
        var sites = (
            await db.QueryAsync<(long Id, string Domain)>(
                "select w.id, w.domain from websites w join servers s on s.id = w.server_id where s.name = @Name and w.status <> 'removed'",
                new { node.Name }
            )
        ).ToList();
        var agent = node.Agent;
        var wrong = new List<string>();
        Compare(
            "directory",
            Directory.GetDirectories(agent.SitesDirectory).Select(Path.GetFileName).Where(d => d is not (".staging" or ".removed")),
            sites.Select(s => $"s{s.Id}")
        );
        Compare("ledger entry", Directory.GetFiles(agent.LedgerDirectory).Select(Path.GetFileName), sites.Select(s => $"{s.Id}.json"));
        Compare("user", agent.Users(), sites.Select(s => $"{agent.UserPrefix}{s.Id}"));
        var staging = Path.Combine(agent.SitesDirectory, ".staging");
        if (Directory.Exists(staging))
            wrong.AddRange(Directory.GetFileSystemEntries(staging).Select(e => $"{e} was left"));
        wrong.AddRange(Directory.GetFiles(agent.VhostDirectory, "*.conf").Select(f => $"{f} was left"));
        return new Invariant($"on {node.Name} no file, user or ledger entry without an owner, none missing", sites.Count, wrong);

        void Compare(string what, IEnumerable<string?> there, IEnumerable<string> owned)
        {
            var (found, expected) = (there.ToHashSet(), owned.ToHashSet());
            wrong.AddRange(found.Where(f => !expected.Contains(f!)).Select(f => $"{what} {f} has no owner"));
            wrong.AddRange(expected.Where(e => !found.Contains(e)).Select(e => $"{what} {e} is missing"));
        }
    }
}
