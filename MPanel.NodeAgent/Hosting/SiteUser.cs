using System.Globalization;
using MPanel.NodeAgent.Node;
using MPanel.NodeAgent.Work;

namespace MPanel.NodeAgent.Hosting;

/// <summary>The system user of a website: no password, no shell, no home of its own, an id of our range.</summary>
internal sealed class SiteUser(AgentOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private const int MostTries = 40;
    private const int CannotLock = 1;
    private const int UidTaken = 4;
    private const int NameTaken = 9;

    public async Task<TaskFailure?> Ensure(TaskRun run, HostedSite site)
    {
        var (exists, taken) = await Look(site);
        if (exists || taken is not null)
            return taken;
        var end = await run.Effects.Do(
            Effect.UserAdd,
            $"creating system user {site.User} with id {site.Uid}",
            () => Add(site, run.Cancelled)
        );
        return end.ExitCode switch
        {
            0 => null,
            UidTaken => Taken($"The user id {site.Uid} is taken: {end.Said}"),
            NameTaken => Taken($"The user or group name {site.User} is taken: {end.Said}"),
            _ => new TaskFailure("user_not_created", $"useradd ended with {end.ExitCode}: {end.Said}"),
        };
    }

    private async Task<(bool Exists, TaskFailure? Taken)> Look(HostedSite site)
    {
        var byName = await Passwd(site.User);
        if (byName is not null)
            return byName[2] != Text(site.Uid) ? (false, Taken($"The user {site.User} exists with id {byName[2]}, not {site.Uid}."))
                // Website ids are never used twice, unless the panel's database was restored to an older state. Two customers must
                // not become one system user even then.
                : Path.GetFileName(byName[5]) != site.Domain
                    ? (false, Taken($"The user {site.User} belongs to {byName[5]}: the id of this website was used before."))
                : (true, null);
        var byId = await Passwd(Text(site.Uid));
        return (false, byId is null ? null : Taken($"The user id {site.Uid} belongs to {byId[0]}."));
    }

    private async Task<ProgramEnd> Add(HostedSite site, CancellationToken cancelled)
    {
        for (var tries = 1; ; tries++)
        {
            // Not killed when the task is cancelled: half a user is worse than one too many.
            var end = await ExternalProgram.Run("/usr/sbin/useradd", Arguments(site), Bound, cancellationToken: CancellationToken.None);
            if (end.ExitCode != CannotLock || tries == MostTries)
                return end;
            // Another useradd is at work, maybe our own from before a kill.
            await Task.Delay(Pause, time, cancelled);
            if ((await Look(site)).Exists)
                return end with { ExitCode = 0 };
        }
    }

    // The ranges are given on the way so that the group gets the user's number and no subordinate ids are reserved.
    private string[] Arguments(HostedSite site) =>
        [
            "-u",
            Text(site.Uid),
            "-U",
            "-M",
            "-l",
            "-d",
            Path.Combine(options.SitesDirectory, site.Domain),
            "-s",
            "/usr/sbin/nologin",
            "-c",
            $"MPanel website {site.WebsiteId}",
            "-K",
            $"UID_MIN={site.Uid}",
            "-K",
            $"UID_MAX={site.Uid}",
            "-K",
            $"GID_MIN={site.Uid}",
            "-K",
            $"GID_MAX={site.Uid}",
            "-K",
            "SUB_UID_COUNT=0",
            "-K",
            "SUB_GID_COUNT=0",
            site.User,
        ];

    // Through getent, so that users of a directory service count as well.
    private async Task<string[]?> Passwd(string key)
    {
        var end = await ExternalProgram.Run("/usr/bin/getent", ["passwd", key], Bound);
        return end.ExitCode switch
        {
            0 => end.Output.Trim().Split(':'),
            2 => null,
            _ => throw new IOException($"getent passwd {key} ended with {end.ExitCode}: {end.Said}"),
        };
    }

    private TimeSpan Bound => TimeSpan.FromSeconds(options.ProgramSeconds);

    private static string Text(uint id) => id.ToString(CultureInfo.InvariantCulture);

    private static TaskFailure Taken(string message) => new("user_taken", message, Permanent: true);
}
