using Microsoft.Extensions.Options;
using MPanel.Database.Provisioning;
using MPanel.Database.Websites;
using MPanel.Jobs.Outcomes;
using MPanel.Jobs.Provisioning;
using MPanel.NodeAgent.Contract;
using Npgsql;

namespace MPanel.Jobs.Websites;

/// <param name="Text">One sentence: what was done.</param>
public sealed record ChangedWebsite(long Id, string Text);

/// <param name="Text">One sentence: what was done.</param>
/// <param name="ServerId">To be told after the commit; null for none.</param>
internal sealed record WebsiteChange(string Text, long? ServerId);

/// <summary>What people do to websites: each action one transaction with its audit entry, and a task for the node in it.</summary>
public sealed class WebsiteActions(NpgsqlDataSource dataSource, TaskAnnouncements announcements, IOptions<WebsiteOptions> options)
{
    /// <summary>Reasons that people give; a removal is a state of its own.</summary>
    public static readonly IReadOnlyList<string> Reasons = [SuspensionReason.Unpaid, SuspensionReason.Abuse, SuspensionReason.Customer];

    /// <summary>The website answers 503 from when its node has heard of it, until no reason is left.</summary>
    /// <param name="reason">One of <see cref="Reasons"/>.</param>
    public Task<Outcome<ChangedWebsite>> Suspend(Actor actor, long id, string? reason) =>
        Change(
            actor,
            id,
            "website.suspended",
            async (transaction, site) =>
            {
                if (reason is null || !Reasons.Contains(reason))
                    return Refusal.Invalid("reason", "unknown_reason", $"Must be one of {string.Join(", ", Reasons)}.");
                if (site.SuspendedFor.Contains(reason))
                    return Refusal.State("suspended_already", $"{site.Domain} is suspended for that reason already.");
                if (Over(site))
                    return Gone(site);
                await ChangeWebsite.SuspendFor(transaction, id, [.. site.SuspendedFor, reason]);
                return new Step($"{site.Domain} is suspended ({Words(reason)}).");
            }
        );

    /// <summary>One reason less; without any the website answers again.</summary>
    public Task<Outcome<ChangedWebsite>> Resume(Actor actor, long id, string? reason) =>
        Change(
            actor,
            id,
            "website.resumed",
            async (transaction, site) =>
            {
                if (reason is null || !site.SuspendedFor.Contains(reason))
                    return Refusal.State("not_suspended", $"{site.Domain} isn't suspended for that reason.");
                if (Over(site))
                    return Gone(site);
                string[] left = [.. site.SuspendedFor.Where(r => r != reason)];
                await ChangeWebsite.SuspendFor(transaction, id, left);
                return new Step(
                    left.Length == 0
                        ? $"{site.Domain} is no longer suspended."
                        : $"{site.Domain} is still suspended ({string.Join(", ", left.Select(Words))})."
                );
            }
        );

    /// <summary>The website answers 503, its files are archived, and it is erased when the grace is over.</summary>
    /// <param name="typed">Its domain, as a person typed it to be sure.</param>
    public Task<Outcome<ChangedWebsite>> Remove(Actor actor, long id, string? typed) =>
        Change(
            actor,
            id,
            "website.removing",
            async (transaction, site) =>
            {
                if (site.Status is WebsiteState.Removing or WebsiteState.Removed)
                    return Refusal.State("removing_already", $"{site.Domain} is being removed already, or is gone.");
                if (Mistyped(site, typed) is { } mistyped)
                    return mistyped;
                return await BeginRemoval(transaction, actor, site);
            }
        );

    /// <summary>The same in the transaction of whoever ends what the website is for. Announce to its server after the commit.</summary>
    internal Task<Outcome<WebsiteChange>> Remove(NpgsqlTransaction transaction, Actor actor, long id) =>
        Change(
            transaction,
            actor,
            id,
            "website.removing",
            (_, site) =>
                site.Status is WebsiteState.Removing or WebsiteState.Removed
                    ? Task.FromResult<Verdict>(new Step($"{site.Domain} is being removed already, or is gone.", Brings: false))
                    : BeginRemoval(transaction, actor, site)
        );

    /// <summary>Its plan may be another: its node hears of it, in the transaction of whoever changed that. Announce after the commit.</summary>
    internal static Task<Outcome<WebsiteChange>> LeavePlan(NpgsqlTransaction transaction, Actor actor, long id) =>
        Change(
            transaction,
            actor,
            id,
            "website.plan_left",
            async (_, site) =>
            {
                await ChangeWebsite.LeavePlan(transaction, id);
                return new Step($"{site.Domain} has the limits of the plan that goes on.");
            }
        );

    private async Task<Verdict> BeginRemoval(NpgsqlTransaction transaction, Actor actor, LockedWebsite site)
    {
        if (!site.Standing.Stood && await Forget(transaction, site, actor) is { } forgotten)
            return forgotten;
        var end = await ChangeWebsite.Remove(transaction, site.Id, options.Value.RemovalGrace);
        return new Step($"{site.Domain} is being removed. It can be restored until {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC.");
    }

    /// <summary>The website is as it was before it was to be removed.</summary>
    public Task<Outcome<ChangedWebsite>> Restore(Actor actor, long id) =>
        Change(
            actor,
            id,
            "website.restored",
            async (transaction, site) =>
            {
                if (site.Status != WebsiteState.Removing)
                    return Refusal.State("not_removing", $"{site.Domain} is not being removed.");
                if (site.Standing is { Absent: true, HasTask: true })
                    return Gone(site);
                await ChangeWebsite.Restore(transaction, id);
                return new Step($"{site.Domain} is restored.");
            }
        );

    /// <summary>The grace is over at once: the website is erased as soon as its archive is verified.</summary>
    /// <param name="typed">Its domain, as a person typed it to be sure.</param>
    public Task<Outcome<ChangedWebsite>> EndGrace(Actor actor, long id, string? typed) =>
        Change(
            actor,
            id,
            "website.grace_ended",
            async (transaction, site) =>
            {
                if (site.Status != WebsiteState.Removing)
                    return Refusal.State("not_removing", $"{site.Domain} is not being removed.");
                if (site.Standing.Absent)
                    return Gone(site);
                if (Mistyped(site, typed) is { } mistyped)
                    return mistyped;
                await ChangeWebsite.EndGrace(transaction, id);
                return new Step($"{site.Domain} is erased as soon as its archive is verified.", Brings: false);
            }
        );

    /// <summary>Its node brings it to its desired state again, whatever stands there.</summary>
    public Task<Outcome<ChangedWebsite>> Rebuild(Actor actor, long id) =>
        Change(
            actor,
            id,
            "website.rebuilt",
            (_, site) =>
                Task.FromResult<Verdict>(
                    Over(site) ? Gone(site)
                    : site.Standing.Server is { } server ? new Step($"{server} builds {site.Domain} again.")
                    : Refusal.State("no_server", $"{site.Domain} waits for a server with room.")
                )
        );

    /// <summary>
    /// Its server has a later state of it than this panel, as after the panel was restored from a backup: what this panel has counts from now on.
    /// </summary>
    public Task<Outcome<ChangedWebsite>> Overtake(Actor actor, long id) =>
        Change(
            actor,
            id,
            "website.overtaken",
            async (transaction, site) =>
            {
                // One that it is to erase, too: nothing else ends that state. Its removal waits for an archive as ever.
                if (site.Status == WebsiteState.Removed)
                    return Gone(site);
                if (!site.Standing.Ahead)
                    return Refusal.State("not_ahead", $"No server has a later state of {site.Domain}.");
                await ChangeWebsite.Overtake(transaction, id);
                return new Step($"What this panel has of {site.Domain} counts from now on.");
            }
        );

    /// <returns>Null when a server has begun with it meanwhile.</returns>
    private static async Task<Verdict?> Forget(NpgsqlTransaction transaction, LockedWebsite site, Actor actor)
    {
        var tasks = await ChangeWebsite.OpenTasks(transaction, site);
        if (tasks.Any(t => t.Attempt > 0))
            return null;
        foreach (var task in tasks)
            await CancelTask.Run(transaction, task.Id, actor.Name, actor.CorrelationId);
        await ChangeWebsite.Forget(transaction, site.Id);
        return new Step($"{site.Domain} is removed. Nothing of it stood on any server.", Brings: false);
    }

    private async Task<Outcome<ChangedWebsite>> Change(
        Actor actor,
        long id,
        string action,
        Func<NpgsqlTransaction, LockedWebsite, Task<Verdict>> change
    )
    {
        await using var db = await dataSource.OpenConnectionAsync();
        await using var transaction = await db.BeginTransactionAsync();
        switch (await Change(transaction, actor, id, action, change))
        {
            case Outcome<WebsiteChange>.Done { Value: var changed }:
                await transaction.CommitAsync();
                if (changed.ServerId is { } server)
                    await announcements.Send(db, [server]);
                return new Outcome<ChangedWebsite>.Done(new ChangedWebsite(id, changed.Text));
            case Outcome<WebsiteChange>.Refused { Why: var why }:
                return why;
            default:
                return new Outcome<ChangedWebsite>.Missing();
        }
    }

    private static async Task<Outcome<WebsiteChange>> Change(
        NpgsqlTransaction transaction,
        Actor actor,
        long id,
        string action,
        Func<NpgsqlTransaction, LockedWebsite, Task<Verdict>> change
    )
    {
        if (await LockedWebsite.Take(transaction, id) is not { } before)
            return new Outcome<WebsiteChange>.Missing();
        if (before.Standing.Ahead && action != "website.overtaken")
            return Ahead(before);
        var verdict = await change(transaction, before);
        if (verdict.Why is { } why)
            return why;
        var errand = new WebsiteErrand(
            actor.Name,
            actor.CorrelationId,
            ServerRole: before.ServerRole,
            ServerTags: before.ServerTags,
            First: action is "website.suspended" or "website.removing"
        );
        var brought = verdict.Step!.Brings ? await BringWebsite.Run(transaction, id, errand, verdict.Step.Text) : null;
        var after = await LockedWebsite.Take(transaction, id);
        await actor.Audit(action, $"website {before.Domain}", Facts(before), Facts(after!)).Append(transaction.Connection!, transaction);
        return new Outcome<WebsiteChange>.Done(new WebsiteChange(verdict.Step.Text, brought?.ServerId));
    }

    private static string Facts(LockedWebsite site) =>
        AuditJson.Of(
            new
            {
                site.Domain,
                site.Status,
                site.SuspendedFor,
            }
        );

    private static Refusal? Mistyped(LockedWebsite site, string? typed) =>
        string.Equals(typed?.Trim(), site.Domain, StringComparison.OrdinalIgnoreCase)
            ? null
            : Refusal.Invalid("domain", "mismatch", $"Must be {site.Domain}, so that the right website is removed.");

    private static bool Over(LockedWebsite site) => site.Status == WebsiteState.Removed || site.Standing.Absent;

    /// <summary>Nothing is asked of a server that has a later state, until somebody decides.</summary>
    internal static Refusal Ahead(LockedWebsite site) =>
        Refusal.State(
            "node_ahead",
            $"{site.Standing.Server} has a later state of {site.Domain} than this panel. Decide first, on the website's page, which of the two counts."
        );

    private static Refusal Gone(LockedWebsite site) => Refusal.State("website_gone", $"{site.Domain} is being erased, or is gone.");

    private static string Words(string reason) =>
        reason switch
        {
            SuspensionReason.Unpaid => "not paid",
            SuspensionReason.Abuse => "abuse",
            _ => "the customer's wish",
        };

    /// <param name="Text">What was done.</param>
    /// <param name="Brings">Its node is to hear of it.</param>
    private sealed record Step(string Text, bool Brings = true);

    private sealed record Verdict(Step? Step, Refusal? Why)
    {
        public static implicit operator Verdict(Step step) => new(step, null);

        public static implicit operator Verdict(Refusal why) => new(null, why);
    }
}
