namespace MPanel.NodeAgent.Contract;

/// <summary>Versions of the contract that an agent names beside the types of its tasks. A panel that doesn't know one ignores it.</summary>
public static class WorkerContracts
{
    /// <summary>Hosting as desired state: <see cref="HostingSpec"/> with <see cref="TaskVerb"/>.</summary>
    public const string Hosting2 = "hosting-2";
}

/// <summary>What a task asks for. Create, suspend, resume, change and repair are all <c>apply</c>.</summary>
public static class TaskVerb
{
    /// <summary>Here is the whole specification: make it so.</summary>
    public const string Apply = "apply";

    /// <summary>Nothing of it may be left.</summary>
    public const string Remove = "remove";
}

/// <summary>
/// What a website shall be on its node. Every id, name and number in it is the panel's; the node checks each again before it reaches a path or
/// a configuration.
/// </summary>
/// <param name="WebsiteId">Names the website on the node: directory, system user and uid derive from it. Never used twice.</param>
/// <param name="Revision">From 1. A node that has a higher one writes nothing and says <c>node_ahead</c>.</param>
/// <param name="Epoch">The panel's installation: a node that has the website from another one writes nothing and says <c>other_installation</c>.</param>
/// <param name="State"><see cref="SiteState"/>.</param>
/// <param name="SuspendedFor"><see cref="SuspensionReason"/>: the one that its visitors are told. Null while active.</param>
/// <param name="Names">Exactly one is primary. Each is unique over all nodes.</param>
/// <param name="Limits">Of its plan.</param>
/// <param name="Php">Null: no PHP.</param>
/// <param name="Tls">How its names are served over TLS.</param>
/// <param name="Sftp">Keys that may log in.</param>
/// <param name="Cron">Commands that run on a schedule.</param>
/// <param name="Serve"><c>static</c> or <c>php</c>.</param>
/// <param name="Archive">Whether a verified archive of its files is kept beside it, made with this revision if there is none.</param>
public sealed record HostingSpec(
    long WebsiteId,
    long Revision,
    Guid Epoch,
    string State,
    string? SuspendedFor,
    SiteName[] Names,
    SiteLimits Limits,
    SitePhp? Php,
    SiteTls Tls,
    SiteKey[] Sftp,
    SiteCron[] Cron,
    string Serve,
    bool Archive = false
);

public static class SiteState
{
    public const string Active = "active";

    /// <summary>Every name answers 503 with a page that says why; the path of ACME's challenges stays open.</summary>
    public const string Suspended = "suspended";
}

/// <summary>Why a website is suspended. The first of these that holds is what its visitors are told.</summary>
public static class SuspensionReason
{
    public const string Abuse = "abuse";
    public const string Unpaid = "unpaid";
    public const string Customer = "customer";

    /// <summary>It is about to be removed.</summary>
    public const string Removal = "removal";

    public static readonly IReadOnlyList<string> All = [Abuse, Unpaid, Customer, Removal];
}

/// <param name="Name">ASCII, lower case.</param>
/// <param name="Role"><see cref="SiteNameRole"/>.</param>
/// <param name="Target">Of a redirect: an absolute http or https address. Without a path the request's path and query follow it; otherwise null.</param>
/// <param name="Status">Of a redirect: 301, 302 or 308; otherwise null.</param>
public sealed record SiteName(string Name, string Role, string? Target = null, int? Status = null);

public static class SiteNameRole
{
    public const string Primary = "primary";
    public const string Alias = "alias";
    public const string Redirect = "redirect";
}

/// <param name="DiskMb">Mebibytes that the files may take.</param>
/// <param name="Inodes">Files and directories.</param>
/// <param name="UploadMb">The largest request body, in mebibytes.</param>
/// <param name="PhpWorkers">PHP processes at once.</param>
/// <param name="PhpMemoryMb">Mebibytes of each.</param>
/// <param name="TrafficGb">Gibibytes sent in a month.</param>
/// <param name="CronJobs">Scheduled commands.</param>
public sealed record SiteLimits(int DiskMb, int Inodes, int UploadMb, int PhpWorkers, int PhpMemoryMb, int TrafficGb, int CronJobs);

/// <param name="Version">Such as <c>8.2</c>.</param>
/// <param name="Ini">Values of php.ini, from a list of what may be set.</param>
public sealed record SitePhp(string Version, Dictionary<string, string> Ini);

/// <param name="Mode"><c>off</c>, <c>acme</c> or <c>own</c>.</param>
/// <param name="ForceHttps">Plain http is redirected.</param>
/// <param name="Hsts">Browsers are told to come by https only.</param>
public sealed record SiteTls(string Mode, bool ForceHttps = false, bool Hsts = false);

/// <param name="Key">A public key as OpenSSH writes it.</param>
public sealed record SiteKey(string Key);

/// <param name="Schedule">Five fields of cron.</param>
/// <param name="Command">For <c>/bin/sh -c</c>, as the site's user.</param>
public sealed record SiteCron(string Schedule, string Command);

/// <summary>What a node has, compared with what the panel wants of it. Sent in parts of at most <see cref="MostItems"/>.</summary>
/// <param name="Run">Names the look; all its parts carry it.</param>
/// <param name="Items">What stands, or should stand, on the node.</param>
/// <param name="Last">No more parts follow: what the panel has for this server and no part named is not there.</param>
public sealed record InventoryRequest(Guid Run, InventoryItem[] Items, bool Last)
{
    public const int MostItems = 500;
}

/// <param name="Ahead">
/// Of the part, websites of which the node has something that this panel may not overwrite and has not heard yet: it says what, by
/// <see cref="WorkerRoutes.KeptSpecs"/>.
/// </param>
public sealed record InventoryResponse(long[] Ahead);

/// <summary>What the node keeps of the websites that it was asked for.</summary>
public sealed record KeptSpecsRequest(KeptItem[] Items)
{
    public const int MostItems = 5;
}

/// <param name="Spec">As the node was told.</param>
/// <param name="Hash">As in <see cref="AppliedState"/>.</param>
public sealed record KeptItem(HostingSpec Spec, string Hash);

/// <param name="Kind">Such as <c>hosting</c>.</param>
/// <param name="Id">Of the website.</param>
/// <param name="Revision">Of the specification that the node keeps.</param>
/// <param name="Hash">As in <see cref="AppliedState"/>.</param>
/// <param name="Problem">How what stands differs from that specification, for people; null when it doesn't.</param>
public sealed record InventoryItem(string Kind, long Id, long Revision, string Hash, string? Problem = null);
