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
    private const int CannotLockGroups = 10;
    private const int NoSuchUser = 6;
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

    /// <summary>After the tree was moved from where the first release had it: the user's home is where it is now.</summary>
    public async Task FollowTree(TaskRun run, HostedSite site)
    {
        if (await Passwd(site.User) is not { } user || user[5] == HomeOf(site))
            return;
        var end = await run.Effects.Do(
            Effect.UserHome,
            $"changing {site.User}'s home to {HomeOf(site)}",
            () => ExternalProgram.Run("/usr/sbin/usermod", ["-d", HomeOf(site), site.User], Bound)
        );
        // Nothing reads it; usermod refuses while the user has processes. The next task tries again.
        if (end.ExitCode != 0)
            run.Log.Warn($"usermod ended with {end.ExitCode}: {end.Said}");
    }

    /// <summary>Deletes the user and its group. Null when neither is there any more; otherwise why not.</summary>
    public async Task<string?> Delete(HostedSite site, CancellationToken cancelled)
    {
        if (await Passwd(site.User) is { } user)
        {
            // A user with this name whose home is elsewhere is somebody else's.
            if (user[2] != Text(site.Uid) || !IsHomeOf(site, user[5]))
                return $"The user {site.User} with id {user[2]} and home {user[5]} is not this website's.";
            var end = await Retried("/usr/sbin/userdel", site.User, cancelled);
            if (end.ExitCode is not (0 or NoSuchUser))
                return $"userdel ended with {end.ExitCode}: {end.Said}";
        }
        if (await Group(site.User) is { } group && group[2] == Text(site.Uid) && await Passwd(site.User) is null)
            await Retried("/usr/sbin/groupdel", site.User, cancelled);
        return null;
    }

    /// <summary>Which of the user's name, its group and its id are still there, for people.</summary>
    public async Task<IReadOnlyList<string>> Left(HostedSite site)
    {
        var left = new List<string>();
        if (await Passwd(site.User) is not null)
            left.Add($"user {site.User}");
        if (await Passwd(Text(site.Uid)) is { } other)
            left.Add($"user id {site.Uid} ({other[0]})");
        if (await Group(site.User) is not null)
            left.Add($"group {site.User}");
        return left;
    }

    // Another program may have the files of users locked.
    private async Task<ProgramEnd> Retried(string program, string argument, CancellationToken cancelled)
    {
        for (var tries = 1; ; tries++)
        {
            var end = await ExternalProgram.Run(program, [argument], Bound, cancellationToken: CancellationToken.None);
            if (end.ExitCode is not (CannotLock or CannotLockGroups) || tries == MostTries)
                return end;
            await Task.Delay(Pause, time, cancelled);
        }
    }

    private async Task<(bool Exists, TaskFailure? Taken)> Look(HostedSite site)
    {
        var byName = await Passwd(site.User);
        if (byName is not null)
            return byName[2] != Text(site.Uid) ? (false, Taken($"The user {site.User} exists with id {byName[2]}, not {site.Uid}."))
                // Website ids are never used twice, unless the panel's database was restored to an older state. Two customers must
                // not become one system user even then.
                : !IsHomeOf(site, byName[5])
                    ? (false, Taken($"The user {site.User} belongs to {byName[5]}: the id of this website was used before."))
                : (true, null);
        var byId = await Passwd(Text(site.Uid));
        return (false, byId is null ? null : Taken($"The user id {site.Uid} belongs to {byId[0]}."));
    }

    // The first release named the home by the domain.
    private bool IsHomeOf(HostedSite site, string home) =>
        Path.GetFileName(home) is var name
        && (name == site.Key || site.Spec.Names.Any(n => n.Name == name) || IsEarlierHomeOf(site, home, name));

    // By a domain that the website has no more: the tree is there still, or its marker names that domain.
    private bool IsEarlierHomeOf(HostedSite site, string home, string name) =>
        Path.GetDirectoryName(home) == options.SitesDirectory
        && (
            SiteMarker.Read(home)?.WebsiteId == site.WebsiteId
            || (SiteMarker.Read(HomeOf(site)) is { } marker && marker.WebsiteId == site.WebsiteId && marker.Domain == name)
        );

    private string HomeOf(HostedSite site) => Path.Combine(options.SitesDirectory, site.Key);

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
            HomeOf(site),
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
    private Task<string[]?> Passwd(string key) => Entry("passwd", key);

    private Task<string[]?> Group(string key) => Entry("group", key);

    private async Task<string[]?> Entry(string database, string key)
    {
        var end = await ExternalProgram.Run("/usr/bin/getent", [database, key], Bound);
        return end.ExitCode switch
        {
            0 => end.Output.Trim().Split(':'),
            2 => null,
            _ => throw new IOException($"getent {database} {key} ended with {end.ExitCode}: {end.Said}"),
        };
    }

    private TimeSpan Bound => TimeSpan.FromSeconds(options.ProgramSeconds);

    private static string Text(uint id) => id.ToString(CultureInfo.InvariantCulture);

    private static TaskFailure Taken(string message) => new("user_taken", message, Permanent: true);
}
