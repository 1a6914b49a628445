namespace MPanel.NodeAgent.Work;

/// <summary>A step that touches the world outside the process, by the name it has in logs and in the fault switch.</summary>
/// <param name="Changes">False when giving the task back after it leaves no trace.</param>
internal sealed record Effect(string Name, bool Changes = true)
{
    public static readonly Effect Lock = new("lock", Changes: false);
    public static readonly Effect UserAdd = new("user.add");
    public static readonly Effect UserHome = new("user.home");
    public static readonly Effect TreeClear = new("tree.clear");
    public static readonly Effect TreeStage = new("tree.stage");
    public static readonly Effect TreeMarker = new("tree.marker");
    public static readonly Effect TreePublic = new("tree.public");
    public static readonly Effect TreePage = new("tree.page");
    public static readonly Effect TreeOwner = new("tree.owner");
    public static readonly Effect TreeRename = new("tree.rename");
    public static readonly Effect TreeLink = new("tree.link");
    public static readonly Effect TreeExchange = new("tree.exchange");
    public static readonly Effect TreeUnlink = new("tree.unlink");
    public static readonly Effect LedgerWrite = new("ledger.write");
    public static readonly Effect LedgerBack = new("ledger.back");
    public static readonly Effect GenerationWrite = new("generation.write");
    public static readonly Effect GenerationSwap = new("generation.swap");
    public static readonly Effect GenerationBack = new("generation.back");
    public static readonly Effect GenerationClear = new("generation.clear");
    public static readonly Effect NginxTest = new("nginx.test");
    public static readonly Effect NginxStart = new("nginx.start");
    public static readonly Effect NginxReload = new("nginx.reload");
    public static readonly Effect Quarantine = new("nginx.quarantine");
    public static readonly Effect SiteProbe = new("site.probe");
    public static readonly Effect ProcessesEnd = new("processes.end");
    public static readonly Effect TreeRestore = new("tree.restore");
    public static readonly Effect ArchiveWrite = new("archive.write");
    public static readonly Effect ArchiveVerify = new("archive.verify");
    public static readonly Effect ArchiveRename = new("archive.rename");
    public static readonly Effect ArchiveNote = new("archive.note");
    public static readonly Effect ArchiveErase = new("archive.erase");
    public static readonly Effect TombstoneWrite = new("tombstone.write");
    public static readonly Effect UserDelete = new("user.delete");
    public static readonly Effect TreeAside = new("tree.aside");
    public static readonly Effect TreeErase = new("tree.erase");
    public static readonly Effect EraseLook = new("erase.look");
    public static readonly Effect EraseProof = new("erase.proof");
    public static readonly Effect LogTake = new("log.take");
    public static readonly Effect LogReopen = new("log.reopen");
    public static readonly Effect LogRotate = new("log.rotate");
    public static readonly Effect LogPlan = new("log.plan");
    public static readonly Effect LogAppend = new("log.append");
    public static readonly Effect LogCount = new("log.count");
    public static readonly Effect LogNote = new("log.note");
    public static readonly Effect LogDrop = new("log.drop");
    public static readonly Effect LogPack = new("log.pack");
    public static readonly Effect Hooks = new("hooks");
    public static readonly Effect OutcomeKept = new("outcome.kept");
    public static readonly Effect OutcomeSent = new("outcome.sent");

    private static readonly Effect[] Unprobed = [LedgerWrite, GenerationWrite, NginxTest, GenerationSwap, NginxReload, GenerationClear];
    private static readonly Effect[] Switch = [.. Unprobed, SiteProbe];
    private static readonly Effect[] Archive = [ArchiveWrite, ArchiveVerify, ArchiveRename, ArchiveNote];
    private static readonly Effect[] End = [Hooks, OutcomeKept, OutcomeSent];

    /// <summary>Those a task meets that creates a website on a fresh node and succeeds, in order.</summary>
    public static IReadOnlyList<Effect> OfCreation { get; } =
    [Lock, UserAdd, TreeStage, TreeMarker, TreePublic, TreePage, TreeOwner, TreeRename, .. Switch, .. End];

    /// <summary>Those of a change of what stands.</summary>
    public static IReadOnlyList<Effect> OfChange { get; } = [Lock, .. Switch, .. End];

    /// <summary>Those of the first task for a website that an agent of the first release made.</summary>
    public static IReadOnlyList<Effect> OfMove { get; } =
    [Lock, TreeLink, TreeExchange, TreeMarker, UserHome, .. Switch, TreeUnlink, .. End];

    /// <summary>Those of a suspension.</summary>
    public static IReadOnlyList<Effect> OfSuspension { get; } = [Lock, .. Switch, ProcessesEnd, .. End];

    /// <summary>Those of a suspension with an archive.</summary>
    public static IReadOnlyList<Effect> OfArchive { get; } = [Lock, .. Switch, ProcessesEnd, .. Archive, .. End];

    /// <summary>Those of the removal of a website that was archived.</summary>
    public static IReadOnlyList<Effect> OfRemoval { get; } =
    [
        Lock,
        TombstoneWrite,
        .. Unprobed,
        ProcessesEnd,
        UserDelete,
        TreeAside,
        TreeErase,
        ArchiveErase,
        EraseLook,
        EraseProof,
        OutcomeKept,
        OutcomeSent,
    ];

    /// <summary>Not of a task: those by which the access log is taken up, split and counted, in order.</summary>
    public static IReadOnlyList<Effect> OfLogs { get; } =
    [LogTake, LogReopen, LogRotate, LogPlan, LogAppend, LogCount, LogNote, LogDrop, LogPack];

    /// <summary>Those only some tasks meet: left-overs to clear, nginx down, a failure undone.</summary>
    public static IReadOnlyList<Effect> OfOtherWays { get; } = [TreeClear, TreeRestore, NginxStart, LedgerBack, GenerationBack, Quarantine];

    public static IReadOnlyList<Effect> All { get; } = [.. OfCreation.Union(OfMove).Union(OfArchive).Union(OfRemoval).Union(OfOtherWays)];
}
