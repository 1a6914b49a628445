using System.Text;
using MPanel.NodeAgent.Nginx;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>
/// Brings a site's vhost into nginx, or leaves nginx as it was: keep the old file, journal, write aside, rename, test, reload, probe, forget
/// the journal. Called under the node lock.
/// </summary>
internal sealed class SiteVhost(
    AgentOptions options,
    NginxLayout layout,
    NginxServer nginx,
    VhostJournal journal,
    PlanLimits plans,
    SiteProbe probe
)
{
    private static readonly TimeSpan AlreadyThere = TimeSpan.FromSeconds(1);

    /// <param name="fresh">The site's tree was made in this attempt, so its first page must answer.</param>
    public async Task<TaskFailure?> Apply(TaskRun run, HostedSite site, bool fresh)
    {
        await Recover(run);
        var file = $"{site.Domain}.conf";
        var previous = journal.Read(file);
        if (Owner(site, previous) is { } served)
            return served;
        if (nginx.Master() is null && await run.Effects.Do(Effect.NginxStart, "nginx is down, starting it", nginx.Start) is { } down)
            return down;
        var (limits, known) = plans.Of(site.Plan);
        if (!known)
            run.Log.Warn($"plan {site.Plan} has no limits of its own here; the default ones apply");
        var vhost = VhostText.For(site, limits, options, layout);
        if (previous is not null && Encoding.UTF8.GetString(previous) == vhost.Text && await Answers(run, site, vhost))
            return null;
        return await Change(run, site, file, previous, vhost, fresh);
    }

    /// <summary>Takes back what an interrupted change left.</summary>
    private async Task Recover(TaskRun run)
    {
        if (!journal.Exists)
            return;
        await run.Effects.Do(
            Effect.Recover,
            "taking back an unfinished change",
            () =>
            {
                journal.Restore();
                nginx.Reload();
            }
        );
        journal.Forget();
    }

    private TaskFailure? Owner(HostedSite site, byte[]? previous)
    {
        if (previous is null)
            return null;
        var owner = VhostText.WebsiteOf(Encoding.UTF8.GetString(previous));
        if (owner == site.WebsiteId)
            return null;
        var whose = owner is { } id ? $"website {id}" : "somebody else";
        return Served($"{journal.PathOf($"{site.Domain}.conf")} serves this domain for {whose}.");
    }

    private async Task<bool> Answers(TaskRun run, HostedSite site, Vhost vhost)
    {
        if (await probe.WaitFor(site, vhost.Hash, AlreadyThere, run.Cancelled) is not null)
            return false;
        run.Log.Info($"{site.Domain} answers with plan {site.Plan} already, nothing to change");
        return true;
    }

    private async Task<TaskFailure?> Change(TaskRun run, HostedSite site, string file, byte[]? previous, Vhost vhost, bool fresh)
    {
        TaskFailure? failure;
        try
        {
            failure = await Advance(run, site, file, previous, vhost, fresh);
        }
        catch
        {
            await RollBack(run, file);
            throw;
        }
        if (failure is not null)
            await RollBack(run, file);
        return failure;
    }

    private async Task<TaskFailure?> Advance(TaskRun run, HostedSite site, string file, byte[]? previous, Vhost vhost, bool fresh)
    {
        var effects = run.Effects;
        if (previous is not null)
            await effects.Do(Effect.VhostKeep, $"keeping a copy of {file}", () => journal.KeepPrevious(previous));
        await effects.Do(Effect.VhostJournal, "noting the change", () => journal.Begin(file, previous is not null));
        await effects.Do(
            Effect.VhostWrite,
            $"writing {file} for plan {site.Plan} aside",
            () => journal.WriteAside(Encoding.UTF8.GetBytes(vhost.Text))
        );
        await effects.Do(Effect.VhostRename, $"putting {file} in place", () => journal.PutInPlace(file));
        var test = await effects.Do(Effect.NginxTest, "testing nginx's configuration", nginx.Test);
        if (!test.Valid)
            return NginxServer.InvalidConfig(test);
        if (VhostText.Conflicts(test.Said, site) is { Count: > 0 } names)
            return Served($"Another vhost on this node serves {string.Join(", ", names)}. nginx says: {test.Said}");
        var earlier = await effects.Do(Effect.NginxReload, "reloading nginx", () => Task.FromResult(nginx.Reload()));
        if (earlier is null)
            return new TaskFailure("nginx_not_running", "nginx ended before it could be reloaded.");
        if (
            await effects.Do(Effect.SiteProbe, $"asking nginx for {site.Domain}", () => Probe(run, site, vhost, earlier, fresh)) is
            { } silent
        )
            return silent;
        await effects.Do(Effect.VhostCommit, "the new configuration answers", journal.Forget);
        return null;
    }

    private async Task<TaskFailure?> Probe(TaskRun run, HostedSite site, Vhost vhost, IReadOnlyList<int> earlier, bool fresh)
    {
        var bound = TimeSpan.FromSeconds(options.ProbeSeconds);
        if (await probe.WaitFor(site, vhost.Hash, bound, run.Cancelled) is { } heard)
            return new TaskFailure("site_not_answering", $"After the reload {heard}.");
        // A new worker has answered, but an old one may take the next visitor.
        if (!await nginx.Retired(earlier, bound, run.Cancelled))
            return new TaskFailure("site_not_answering", "After the reload nginx's earlier workers still take requests.");
        var status = await probe.FrontPage(site, run.Cancelled);
        if (status != 200 && fresh)
            return new TaskFailure("site_not_answering", $"The new site's first page answers with status {status}.");
        run.Log.Info($"http://{site.Domain}/ answers with status {status}");
        return null;
    }

    private async Task RollBack(TaskRun run, string file)
    {
        if (!journal.Exists)
            return;
        await run.Effects.Undo(Effect.RollbackFile, $"putting {file} back as it was", () => journal.Restore());
        await run.Effects.Undo(Effect.RollbackReload, "reloading nginx with it", () => nginx.Reload());
        await run.Effects.Undo(Effect.RollbackCommit, "the change is taken back", journal.Forget);
    }

    private static TaskFailure Served(string message) => new("domain_already_served", message, Permanent: true);
}
